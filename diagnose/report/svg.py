"""Charts as SVG path data: whole numbers relative to the last point, so that a curve takes two kilobytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from diagnose.report.axis import AXIS
from diagnose.report.pictures import Chart, Flame, Timeline

HEIGHT = 1000
TOP = -80
TALL = 1110
STATIC_SHARE = 0.01
STATIC_DEPTH = 40
NAMED_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Box:
    """One call of the static flame graph; too narrow ones have no name."""

    x: str
    width: str
    depth: int
    name: str
    own: bool


def path(chart: Chart) -> str:
    """The chart's curve or bars in a box of AXIS by HEIGHT, y downwards."""
    return "".join(_bars(chart) if chart.kind == "bars" else _line(chart))


def grid(timeline: Timeline) -> str:
    """Vertical hair lines at the ticks."""
    return "".join(f"M{x},{TOP}v{TALL}" for x, _ in timeline.ticks)


def share(x: float) -> str:
    """A place on the axis as a percentage, for elements that must not be stretched."""
    return f"{x / AXIS * 100:.3f}".rstrip("0").rstrip(".") + "%"


def _line(chart: Chart) -> Iterator[str]:
    last: tuple[int, int] | None = None
    for x, value in zip(chart.x, chart.y, strict=True):
        if value is None:
            last = None
            continue
        y = _y(chart, value)
        yield f"M{x},{y}l" if last is None else f"{x - last[0]},{y - last[1]} "
        if last is None:
            yield "0,0 "
        last = (x, y)


def _bars(chart: Chart) -> Iterator[str]:
    width = max(1, chart.edge - max(1, chart.edge // 6))
    for x, value in zip(chart.x, chart.y, strict=True):
        if value:
            height = max(HEIGHT - _y(chart, value), HEIGHT // 40)
            yield f"M{x},{HEIGHT}v-{height}h{width}v{height}z"


def _y(chart: Chart, value: float) -> int:
    inside = (value - chart.low) / ((chart.high - chart.low) or 1.0)
    return round((1 - min(max(inside, 0.0), 1.0)) * HEIGHT)


def icicle(flame: Flame) -> tuple[Box, ...]:
    """The widest calls, for a flame graph that needs no script."""
    cursors: list[int] = [0]
    boxes = []
    total = flame.total or 1
    own = set(flame.own)
    for depth, value, _, name in flame.nodes:
        del cursors[depth + 1 :]
        start = cursors[depth]
        cursors[depth] = start + value
        cursors.append(start)
        if value / total >= STATIC_SHARE and depth < STATIC_DEPTH:
            box = Box(_percent(start / total), _percent(value / total), depth, flame.names[name], name in own)
            boxes.append(box if value / total >= NAMED_SHARE else replace(box, name=""))
    return tuple(boxes)


def _percent(value: float) -> str:
    return f"{value * 100:.2f}%"
