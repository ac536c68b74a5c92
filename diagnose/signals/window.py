"""The half-open span of UTC time that every source shares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from diagnose.errors import UsageError

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Seconds since the Unix epoch, UTC, `start` inside and `end` outside."""

    start: float
    end: float

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise UsageError(f"empty window: {rfc3339(self.start)} is not before {rfc3339(self.end)}; swap or widen")

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start

    def contains(self, at: float) -> bool:
        """Whether the moment lies inside."""
        return self.start <= at < self.end

    def split(self, onset: float) -> tuple[Window | None, Window]:
        """The baseline before the onset (None when the trouble fills the window) and the incident after it."""
        onset = min(max(onset, self.start), self.end - 1e-3)
        return (Window(self.start, onset) if onset > self.start else None), Window(onset, self.end)


def rfc3339(at: float) -> str:
    """A moment as RFC 3339 in UTC, with milliseconds only where it has them."""
    moment = datetime.fromtimestamp(round(at, 3), UTC)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def parse_duration(text: str) -> float:
    """Seconds of a Prometheus style duration such as 90s, 30m or 1h30m."""
    parts = _DURATION.findall(text.strip())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        raise UsageError(f"not a duration: {text!r}; write it like 90s, 30m, 2h or 1h30m")
    return sum(float(number) * (0.001 if unit == "ms" else _UNITS[unit]) for number, unit in parts)


def parse_moment(text: str, *, now: float) -> float:
    """Unix seconds of RFC 3339, Unix seconds or milliseconds, `now`, or a span back from now such as -30m."""
    text = text.strip()
    if text == "now":
        return now
    if re.fullmatch(r"\d{9,11}(\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"\d{12,14}", text):
        return float(text) / 1000
    if text.startswith("-") or (text.endswith(" ago") and (text := "-" + text[:-4])):
        return now - parse_duration(text[1:])
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise UsageError(
            f"not a time: {text!r}; write RFC 3339 (2026-01-31T03:00:00Z), Unix seconds, or -30m"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
