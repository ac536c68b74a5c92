"""Where in a line of text its time stamp stands, in any of the common notations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from diagnose.sources.logs.moments import Clock, civil, epoch, month

Groups = Mapping[str, str | None]
_REACH = 160  # a stamp further into a line belongs to its text
_TIME = r"(?P<h{0}>\d{{1,2}}):(?P<m{0}>\d\d):(?P<s{0}>\d\d)(?P<f{0}>[.,]\d{{1,9}})?"
_ZONE = r"(?P<z{0}>Z|[+-]\d\d:?\d\d|UTC|GMT|BST|IST|JST|KST|MSK|WES?T|CES?T|EES?T|[ECMP][SD]T)"


class Stamp(NamedTuple):
    """A time stamp found in a line: Unix seconds and where it starts and ends; `letter` is klog's level."""

    at: float
    start: int
    end: int
    letter: str = ""


@dataclass(frozen=True, slots=True)
class _Shape:
    name: str
    pattern: re.Pattern[str]
    convert: Callable[[Clock, Groups], float | None]


def _seconds(groups: Groups, suffix: str) -> float:
    hour, minute, second = (int(groups[part + suffix] or 0) for part in "hms")
    if half := groups.get("half" + suffix):
        hour = hour % 12 + (12 if half.upper() == "PM" else 0)
    fraction = groups.get("f" + suffix)
    return hour * 3600 + minute * 60 + second + (float("0." + fraction[1:]) if fraction else 0.0)


def _dated(clock: Clock, groups: Groups, suffix: str, date: tuple[int | None, int, int]) -> float | None:
    """The moment of year (None: guess it), month and day with the clock time in the groups of this suffix."""
    seconds, (year, month_, day), zone = _seconds(groups, suffix), date, groups.get("z" + suffix)

    def wall(in_year: int) -> float | None:
        midnight = civil(in_year, month_, day, 0, 0, 0)
        return None if midnight is None or seconds >= 86400.0 else midnight + seconds

    if year is None:
        return clock.yearless(wall)
    at = wall(year)
    return None if at is None else clock.shifted(at, zone)


def _iso(clock: Clock, groups: Groups) -> float | None:
    text = groups["iso"] or ""
    return clock.iso(text[:10] + " " + text[13:] if text[10:13] == " - " else text)


def _named(clock: Clock, groups: Groups) -> float | None:
    number = month(groups["nmon"] or "")
    year = groups["ny1"] or groups["ny2"]
    if number is None:
        return None
    return _dated(clock, groups, "n", (int(year) if year else None, number, int(groups["nday"] or 0)))


def _day_first(clock: Clock, groups: Groups) -> float | None:
    number = month(groups["dmon"] or "")
    if number is None:
        return None
    return _dated(clock, groups, "d", (int(groups["dyear"] or 0), number, int(groups["dday"] or 0)))


def _slashed(clock: Clock, groups: Groups) -> float | None:
    """17/06/09 as Spark writes it (year first), 06/30/2017 (month first unless that cannot be)."""
    first, second, third = (int(groups[part] or 0) for part in ("l1", "l2", "l3"))
    if third > 99:
        date = (third, first, second) if first <= 12 else (third, second, first)
    else:
        date = (2000 + first, second, third)
    return _dated(clock, groups, "l", date)


def _short(clock: Clock, groups: Groups) -> float | None:
    first, second = int(groups["x1"] or 0), int(groups["x2"] or 0)
    return _dated(clock, groups, "x", (None, first, second) if first <= 12 else (None, second, first))


def _klog(clock: Clock, groups: Groups) -> float | None:
    year = groups["kyear"]
    return _dated(clock, groups, "k", (int(year) if year else None, int(groups["kmon"] or 0), int(groups["kday"] or 0)))


def _packed(clock: Clock, groups: Groups) -> float | None:
    """20171224-0:7:20:444, 20260131T030000.5Z, and 081109 203615 or 140320 15:00:00 with a short year."""
    date, time = groups["pdate"] or "", (groups["ptime"] or "").replace(",", ".")
    short = len(date) == 6
    year, rest = (2000 + int(date[:2]), date[2:]) if short else (int(date[:4]), date[4:])
    parts = time.split(":") if ":" in time else [time[:2], time[2:4], time[4:]]
    seconds = int(parts[0]) * 3600 + int(parts[1]) * 60 + float(parts[2])
    if len(parts) > 3:
        seconds += float("0." + parts[3].zfill(3))
    midnight = civil(year, int(rest[:2]), int(rest[2:]), 0, 0, 0)
    return None if midnight is None or seconds >= 86400 else clock.shifted(midnight + seconds, groups["zp"])


def _epoch(_: Clock, groups: Groups) -> float | None:
    return epoch(float(groups["epoch"] or 0))


def _clock(clock: Clock, groups: Groups) -> float | None:
    seconds = _seconds(groups, "c")
    return clock.dateless(seconds) if seconds < 86400 else None


_SHAPES = {
    name: _Shape(name, re.compile(pattern), convert)
    for name, pattern, convert in (
        (
            "iso",
            r"(?<!\d)(?P<iso>\d{4}(?P<sep>[-/.])\d\d(?P=sep)\d\d(?:[T ]| - )\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
            rf"(?: ?{_ZONE.format('i')})?)(?!\d)",
            _iso,
        ),
        (
            "klog",
            rf"(?<!\w)(?P<letter>[IWEFD])(?P<kyear>20\d\d)?(?P<kmon>\d\d)(?P<kday>\d\d) +{_TIME.format('k')}",
            _klog,
        ),
        (
            "named",
            r"(?<!\w)(?P<nmon>[^\W\d_]{3,9})\.? +(?P<nday>\d{1,2}),?(?: (?P<ny1>(?:19|20)\d\d),?)? +"
            rf"{_TIME.format('n')}(?: ?(?P<halfn>[AP]M))?(?: {_ZONE.format('n')})?"
            r"(?: (?P<ny2>(?:19|20)\d\d)(?![\w.:]))?",
            _named,
        ),
        (
            "day-first",
            r"(?<!\d)(?P<dday>\d{1,2})[-/ ](?P<dmon>[^\W\d_]{3,9})\.?[-/ ](?P<dyear>\d{4})[:T ]"
            rf"{_TIME.format('d')}(?: ?{_ZONE.format('d')})?",
            _day_first,
        ),
        (
            "slashed",
            rf"(?<![\d/])(?P<l1>\d{{1,2}})/(?P<l2>\d{{1,2}})/(?P<l3>\d{{2}}|\d{{4}}),? {_TIME.format('l')}"
            rf"(?: (?P<halfl>[AP]M))?(?: ?{_ZONE.format('l')})?",
            _slashed,
        ),
        ("short", rf"(?<![\d.-])(?P<x1>\d\d)[.-](?P<x2>\d\d)\.? {_TIME.format('x')}", _short),
        (
            "packed",
            r"(?<!\d)(?P<pdate>\d{8}(?=[-T])|\d{6}(?= +\d))[-T ] ?"
            rf"(?P<ptime>\d\d?:\d\d?:\d\d?(?::\d{{1,3}}|[.,]\d{{1,9}})?|\d{{6}}(?:[.,]\d+)?)(?!\d){_ZONE.format('p')}?",
            _packed,
        ),
        (
            "epoch",
            r"(?:(?<![\w.:/-])|(?<=#\+))(?P<epoch>1\d{9}(?:\.\d{1,9}|\d{3}|\d{6}|\d{9})?)(?![\w:-]|\.\d)",
            _epoch,
        ),
        ("clock", rf"(?<![\w:./-]){_TIME.format('c')}(?![\d:])", _clock),
    )
}
_ANY = re.compile(
    "|".join(f"(?P<{name.replace('-', '_')}_>{shape.pattern.pattern})" for name, shape in _SHAPES.items())
)
_POSSIBLE = re.compile(r"\d:\d\d|\d{6}")  # what every notation holds; most lines of stack traces have neither
_NAMES = {name.replace("-", "_") + "_": name for name in _SHAPES}
_WORDS_BEFORE = 6


class StampFinder:
    """Finds the record's own time stamp in lines of one stream, and remembers where it stood the last time.

    A stamp counts only near the head of a line, and once a notation is established, one that stands deeper in the
    text is a clock that the text speaks of.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shape: _Shape | None = None
        self._start = 0
        self._words: dict[str, int] = {}
        self._memo: dict[str, float | None] = {}

    def find(self, line: str) -> Stamp | None:
        """The time stamp at the head of the line, None when there is none: the line continues the one before."""
        shape = self._shape
        if shape is not None:
            found = shape.pattern.match(line, self._start)
            if found is not None and (at := self._convert(shape, found)) is not None:
                return _stamp(at, found)
            if line[:1] in " \t":
                return None
        if _POSSIBLE.search(line, 0, _REACH) is None:
            return None
        if shape is not None:
            found = shape.pattern.search(line, 0, _REACH)
            if found is not None and self._acceptable(shape, line, found) and self._words[shape.name]:
                at = self._convert(shape, found)
                if at is not None:
                    return _stamp(at, found)
        return self._search(line)

    def _search(self, line: str) -> Stamp | None:
        found = _ANY.search(line, 0, _REACH)
        while found is not None:
            shape = _SHAPES[_NAMES[found.lastgroup or ""]]
            exact = shape.pattern.match(line, found.start())
            if exact is not None and self._acceptable(shape, line, exact):
                at = self._convert(shape, exact)
                if at is not None:
                    self._shape, self._start = shape, exact.start()
                    return _stamp(at, exact)
            found = _ANY.search(line, found.start() + 1, _REACH)
        return None

    def _acceptable(self, shape: _Shape, line: str, found: re.Match[str]) -> bool:
        """Whether a stamp stands where a record's own may: few words before it, and no more than were seen before."""
        start = found.start()
        prefix = line[:start]
        words = len(prefix.split())
        if start > 2:
            if shape.name == "clock" and start > 8:
                return False
            limit = _WORDS_BEFORE if self._shape is None else self._words.get(shape.name, 0)
            if words > limit and not (words == 1 and prefix.rstrip()[-1] in ":|]"):
                return False
        self._words[shape.name] = max(self._words.get(shape.name, 0), words)
        return True

    def _convert(self, shape: _Shape, found: re.Match[str]) -> float | None:
        if shape.name == "iso":
            return _iso(
                self._clock, found.groupdict() if found.group()[10:13] == " - " else {"iso": found.group("iso")}
            )
        text = found.group()
        if text not in self._memo:
            if len(self._memo) > 10_000:
                self._memo.clear()
            self._memo[text] = shape.convert(self._clock, found.groupdict())
        return self._memo[text]


def _stamp(at: float, found: re.Match[str]) -> Stamp:
    return Stamp(at, found.start(), found.end(), found.group("letter") if "letter" in found.re.groupindex else "")
