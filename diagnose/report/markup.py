"""Text of unknown origin written into Markdown, code fences and Mermaid so that it stays text."""

from __future__ import annotations

import re

from diagnose.report.axis import AXIS
from diagnose.report.pictures import Chart

_MARKDOWN = re.compile(
    r"[\\`*\[\]|~$<>&#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=//)|(?<=\bwww)\.|(?<=^)[+-](?=\s)|(?<=^)\d+(?=[.)]\s)"
)
_MENTION = re.compile(r"@(?=[\w-])")
_TICKS = re.compile(r"`+")
_BLOCKS = "▁▂▃▄▅▆▇█"
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def text(value: str) -> str:
    """A line of prose for Markdown: nothing in it is markup, a link, HTML or a mention."""
    escaped = _MARKDOWN.sub(lambda match: _ENTITIES.get(match[0]) or "\\" + match[0], " ".join(value.split()))
    return _MENTION.sub("@\u2060", escaped)


def code(value: str, cell: bool = False) -> str:
    """A line of code for Markdown, in as many backticks as it needs; pipes are escaped inside a table's cell."""
    value = " ".join(value.split())
    if not value:
        return ""
    ticks = "`" * (max((len(run) for run in _TICKS.findall(value)), default=0) + 1)
    pad = " " if value.startswith("`") or value.endswith("`") else ""
    return ticks + pad + (value.replace("|", "\\|") if cell else value) + pad + ticks


def fence(value: str, language: str = "") -> str:
    """A fenced block that nothing inside can close."""
    ticks = "`" * max(3, max((len(run) for run in _TICKS.findall(value)), default=0) + 1)
    return f"{ticks}{language}\n{value}\n{ticks}"


def mermaid(value: str, width: int = 90) -> str:
    """A label for Mermaid, quoted: every character that its grammar or HTML knows is an entity."""
    value = " ".join(value.split())
    short = value if len(value) <= width else value[: width - 1] + "…"
    return '"' + "".join(c if c.isalnum() or c in " .,-+/()_'…–×=?!" else f"#{ord(c)};" for c in short) + '"'


def sparkline(chart: Chart | None, width: int = 24) -> str:
    """The chart in one line of block characters; a dot stands where data is missing."""
    if chart is None or not chart.x:
        return ""
    bins = _binned(chart, width)
    room = (chart.high - chart.low) or 1.0
    top = len(_BLOCKS) - 1
    return "".join("·" if v is None else _BLOCKS[min(top, max(0, round((v - chart.low) / room * top)))] for v in bins)


def _binned(chart: Chart, width: int) -> list[float | None]:
    bins: list[list[float]] = [[] for _ in range(width)]
    for x, y in zip(chart.x, chart.y, strict=True):
        if y is not None:
            bins[min(x * width // AXIS, width - 1)].append(y)
    if chart.kind == "bars":
        return [max(values, default=0.0) for values in bins]
    return [sum(values) / len(values) if values else None for values in bins]
