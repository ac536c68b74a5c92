"""`report.html`: one file that works from disk, without a network and, but for zooming, without JavaScript."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from diagnose.report import svg
from diagnose.report.axis import AXIS
from diagnose.report.marks import labelled
from diagnose.report.model import Step, View
from diagnose.report.page import page
from diagnose.report.pictures import Chart, Flame
from diagnose.report.templates import fill

STYLES = ("colour.css", "page.css", "verdict.css", "timeline.css", "path.css", "cards.css", "profile.css", "print.css")
FOLDED = 4
SCRIPTS = ("format.js", "page.js", "timeline.js", "flame.js", "start.js")


def render(view: View) -> str:
    """The report as one HTML document; its policy allows its own style and script by hash and nothing else."""
    return fill("report.html.j2", page=page(STYLES, SCRIPTS), **parts(view))


def parts(view: View) -> dict[str, Any]:
    """What the templates in reports/html need to show a view."""
    charts = _charts(view)
    return {
        "view": view,
        "charts": {chart: f"c{i}" for i, chart in enumerate(charts)},
        "paths": [(f"c{i}", chart.kind, svg.path(chart)) for i, chart in enumerate(charts)],
        "labels": {found.id: found.label for found in view.evidence},
        "path": _runs(view.path),
        "for_and_against": _for_and_against(view),
        "data": _data(view),
        "axis": AXIS,
        "labelled": labelled,
        "svg": svg,
    }


def _charts(view: View) -> list[Chart]:
    """Every chart once, whoever shows it."""
    shown = [
        *(row.chart for row in view.timeline.rows),
        *(found.chart for found in view.evidence),
        *(found.chart for found in view.patterns),
    ]
    return list(dict.fromkeys(chart for chart in shown if chart))


def _runs(path: tuple[Step, ...]) -> list[list[Step]]:
    """The steps in order; several plain noes in a row, each without evidence, make one run to be folded."""
    runs: list[list[Step]] = []
    for plain, steps in groupby(path, _is_plain):
        run = list(steps)
        runs += [run] if plain and len(run) >= FOLDED else [[step] for step in run]
    return runs


def _is_plain(step: Step) -> bool:
    return step.answer == "no" and not step.evidence and step.answered_by == "data"


def _for_and_against(view: View) -> dict[str, list[tuple[bool, str]]]:
    """For each piece of evidence, the causes it speaks for or against."""
    found: dict[str, list[tuple[bool, str]]] = {}
    for cause in view.causes:
        for id_ in cause.supports:
            found.setdefault(id_, []).append((True, cause.title))
        for id_ in cause.against:
            found.setdefault(id_, []).append((False, cause.title))
    return found


def _data(view: View) -> dict[str, Any]:
    """What the script needs beyond the drawing itself."""
    line = view.timeline
    rows = [
        {
            "unit": row.chart.unit,
            "low": row.chart.low,
            "high": row.chart.high,
            "edge": row.chart.edge,
            "bars": row.chart.kind == "bars",
        }
        if row.chart
        else None
        for row in line.rows
    ]
    return {
        "start": line.start,
        "end": line.end,
        "onset": view.onset.moment.x if view.onset else None,
        "rows": rows,
        "flame": flame_data(view.flame) if view.flame else None,
    }


def flame_data(flame: Flame) -> dict[str, Any]:
    """What the script needs to draw a flame graph."""
    return {
        "unit": flame.unit,
        "total": flame.total,
        "before": flame.total_before,
        "relative": flame.relative,
        "culprit": flame.culprit,
        "names": flame.names,
        "own": flame.own,
        "nodes": [number for node in flame.nodes for number in node],
    }
