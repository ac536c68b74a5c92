"""What a time stamp says: text and numbers to Unix seconds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

_CACHE = 50_000
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan janv gen ene", "feb fev fév febr", "mar mars märz mrz", "apr avr abr", "may mai mag maj"),
            *("jun juin giu", "jul juil lug", "aug aou aoû ago août", "sep sept set", "oct okt ott out", "nov"),
            "dec dez dic déc",
        ),
        start=1,
    )
    for name in names.split()
}
ZONES = {
    name: hours * 3600
    for hours, names in {
        0: "Z UTC GMT WET", 1: "CET BST WEST", 2: "CEST EET SAST", 3: "MSK EEST", 5.5: "IST", 8: "CST8 SGT HKT AWST",
        9: "JST KST", 10: "AEST", 11: "AEDT", -3: "BRT ART", -4: "EDT AST", -5: "EST CDT", -6: "CST MDT",
        -7: "MST PDT", -8: "PST AKDT", -9: "AKST", -10: "HST",
    }.items()
    for name in names.split()
}  # fmt: skip
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_TAIL = re.compile(r"(?:[.,:](\d{1,9}))?\s?(Z|[+-]\d\d:?\d\d|[A-Z]{3,4})?(?: [A-Z]{3,4})?$")


class Clock:
    """Turns time stamps into Unix seconds.

    `zone` is used for stamps that name none; `reference` (Unix seconds) decides the year or the date of those that
    leave it out: the one that brings the moment nearest to it, or, with `past`, nearest without lying after it.
    """

    def __init__(self, *, zone: tzinfo | None = None, reference: float, past: bool = False) -> None:
        self._zone = None if zone is None or zone is UTC else zone
        self._reference = reference
        self._past = past
        self._seen: dict[str, float | None] = {}
        self._guessed = False

    @property
    def guessed(self) -> bool:
        """Whether a year or a date had to be guessed."""
        return self._guessed

    def value(self, value: object) -> float | None:
        """Unix seconds of a JSON value: RFC 3339 or other text, a number in s, ms, us or ns, or {seconds, nanos}."""
        if value.__class__ is str:
            return self.text(value)
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int | float):
            return epoch(value)
        if isinstance(value, dict):
            return self._object(value)
        return None

    def text(self, text: str) -> float | None:
        """Unix seconds of a stamp that fills the text: ISO 8601 with any separators, or an epoch in digits."""
        if len(text) >= 19 and text[4:5] in "-/." and (at := self.iso(text)) is not None:
            return at
        stripped = text.strip()
        if stripped.replace(".", "", 1).isdigit() and len(stripped) <= 24:
            return epoch(float(stripped))
        return None

    def iso(self, text: str) -> float | None:
        """Unix seconds of `2026-01-31T03:00:00[.,fraction][zone]`; the separators do not matter."""
        base = self._naive(text[:19])
        if base is None:
            return None
        tail = text[19:]
        if tail[-1:] == "Z" and tail[:1] == "." and tail[1:-1].isdigit():
            return base + float(tail[:-1])
        return self._with_tail(base, tail)

    def _with_tail(self, base: float, tail: str) -> float | None:
        if not tail:
            return self.local(base)
        found = _TAIL.match(tail)
        if found is None:
            return None
        fraction, zone = found.groups()
        at = base + (float("0." + fraction) if fraction else 0.0)
        return self.shifted(at, zone)

    def shifted(self, naive: float, zone: str | None) -> float:
        """The moment of wall-clock seconds in a zone given as Z, +hh:mm or a common abbreviation."""
        if zone:
            if zone in ZONES:
                return naive - ZONES[zone]
            if offset := _OFFSET.match(zone):
                sign, hours, minutes = offset.groups()
                return naive - (int(hours) * 3600 + int(minutes) * 60) * (-1 if sign == "-" else 1)
        return self.local(naive)

    def local(self, naive: float) -> float:
        """The moment of wall-clock seconds without a zone."""
        if self._zone is None:
            return naive
        offset = (datetime(1970, 1, 1) + timedelta(seconds=naive)).replace(tzinfo=self._zone).utcoffset()
        return naive - (offset.total_seconds() if offset else 0.0)

    def _naive(self, head: str) -> float | None:
        if head in self._seen:
            return self._seen[head]
        if len(self._seen) > _CACHE:
            self._seen.clear()
        parts = (head[0:4], head[5:7], head[8:10], head[11:13], head[14:16], head[17:19])
        at = civil(*map(int, parts)) if all(part.isdigit() and part.isascii() for part in parts) else None
        self._seen[head] = at
        return at

    def yearless(self, make: Callable[[int], float | None]) -> float | None:
        """The moment of a stamp without a year; `make` gives the wall-clock seconds in a year, None if impossible."""
        self._guessed = True
        year = datetime.fromtimestamp(self._reference, UTC).year
        return self._nearest(make(candidate) for candidate in (year - 1, year, year + 1))

    def dateless(self, seconds: float) -> float | None:
        """The moment of a clock without a date, given as seconds since midnight."""
        self._guessed = True
        midnight = self._reference - self._reference % 86400
        return self._nearest(midnight + day * 86400 + seconds for day in (-1, 0, 1))

    def _nearest(self, candidates: object) -> float | None:
        moments = [self.local(at) for at in candidates if at is not None]  # type: ignore[attr-defined]
        if self._past:
            moments = [at for at in moments if at <= self._reference + 86400] or moments
        return min(moments, key=lambda at: abs(at - self._reference), default=None)

    def _object(self, value: dict[str, object]) -> float | None:
        for key in ("$date", "seconds", "epochSecond"):
            inner = value.get(key)
            if inner is not None:
                nanos = value.get("nanos", value.get("nanoOfSecond", 0))
                at = self.value(inner)
                return None if at is None else at + (nanos / 1e9 if isinstance(nanos, int) else 0.0)
        return None


def civil(year: int, month: int, day: int, hour: int, minute: int, second: float) -> float | None:
    """Seconds since the epoch of a wall clock read as UTC; None for what is no date."""
    if not (1970 <= year <= 2200 and 0 <= second < 61.1 and hour < 24 and minute < 60):
        return None
    try:
        days = datetime(year, month, day, tzinfo=UTC).timestamp()
    except ValueError:
        return None
    return days + hour * 3600 + minute * 60 + second


def epoch(number: float) -> float | None:
    """Unix seconds of a count of s, ms, us or ns since 1970, told apart by size; None before 2001 or after 2200.

    To the microsecond: what a float holds beyond that depends on how it was made.
    """
    for scale in (1.0, 1e3, 1e6, 1e9):
        if 9.8e8 <= number / scale < 7.3e9:
            return round(number / scale * 1e6) / 1e6
    return None


def month(name: str) -> int | None:
    """1..12 of a month's name or its abbreviation in the common European languages."""
    lowered = name.lower().rstrip(".")
    return _MONTHS.get(lowered) or _MONTHS.get(lowered[:3])
