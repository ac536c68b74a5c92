"""The one time axis that every chart of a report shares."""

from __future__ import annotations

import math
from dataclasses import dataclass

from diagnose.report import units
from diagnose.signals.window import Window, rfc3339

AXIS = 2000

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)
_TICKS = 9


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: RFC 3339 bounds, and the same for people; `until` is its end alone."""

    start: str
    end: str
    text: str
    until: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: RFC 3339, time of day and in full in UTC, its place on the axis (0..AXIS, may lie outside).

    `at` is the same in Unix seconds.
    """

    iso: str
    clock: str
    text: str
    x: int
    at: float


@dataclass(frozen=True, slots=True)
class Onset:
    """When the trouble began: how sure (in words), how long before the window's end, the spread on the axis."""

    moment: Moment
    spread: str
    ago: str
    low: int
    high: int


def place(window: Window, at: float) -> int:
    """Where a moment lies on the axis."""
    return round(max(-1e6, min(1e6, (at - window.start) / window.duration * AXIS)))


def moment(window: Window, at: float) -> Moment:
    """A moment as RFC 3339, time of day and place; milliseconds only tell apart what seconds cannot."""
    at = max(0.0, min(at, 253402300799.0)) if math.isfinite(at) else 0.0
    return Moment(rfc3339(at), units.clock(at), units.moment(at), place(window, at), at)


def span(window: Window) -> Span:
    """A window for programs and for people."""
    same_day = units.day(window.start) == units.day(window.end)
    end = units.clock(window.end) if same_day else f"{units.day(window.end)} {units.clock(window.end)}"
    text = f"{units.day(window.start)} {units.clock(window.start)} – {end} UTC ({units.span(window.duration)})"
    return Span(rfc3339(window.start), rfc3339(window.end), text, units.moment(window.end))


def onset(window: Window, at: float | None, uncertainty: float | None) -> Onset | None:
    """The onset with its uncertainty, when there is one."""
    if at is None or not math.isfinite(at):
        return None
    spread = uncertainty if uncertainty is not None and math.isfinite(uncertainty) and uncertainty > 0 else 0.0
    return Onset(
        moment=moment(window, at),
        spread=f"± {units.span(round(spread, 1 if spread < 2 else 0))}" if spread else "",
        ago=f"{units.span(round(window.end - at))} before the end of the window" if at < window.end else "",
        low=place(window, at - spread),
        high=place(window, at + spread),
    )


def ticks(window: Window) -> tuple[tuple[int, str], ...]:
    """Round times on the axis, at most nine of them."""
    step = next((s for s in _STEPS if window.duration / s <= _TICKS), math.ceil(window.duration / _TICKS))
    first = math.ceil(window.start / step) * step
    count = int((window.end - first) // step) + 1
    return tuple((place(window, t), _label(t, step)) for t in (first + i * step for i in range(max(count, 0))))


def _label(at: float, step: float) -> str:
    if step >= 86400:
        return units.day(at).rsplit(" ", 1)[0]
    return units.clock(at) if step < 60 else units.clock(at)[:5]
