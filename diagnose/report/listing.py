"""The list of incidents as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diagnose.report.page import page
from diagnose.report.templates import fill
from diagnose.report.text import line
from diagnose.report.units import moment, percent

STYLES = ("colour.css", "page.css", "incidents.css")


@dataclass(frozen=True, slots=True)
class Told:
    """The verdict of a report."""

    service: str
    status: str
    cause: str
    confidence: float
    summary: str


@dataclass(frozen=True, slots=True)
class Row:
    """One incident: `state` is queued, running, done, failed or interrupted, `at` (Unix seconds) when it was told."""

    id: str
    title: str
    state: str
    why: str
    at: float | None
    told: Told | None
    report: bool


def policy() -> str:
    """The Content-Security-Policy under which the page is shown."""
    return page(STYLES, ()).policy


def render(rows: Sequence[Row], *, more: int) -> str:
    """The page: newest first, texts from alerts and logs made harmless; `more` older ones are not shown."""
    shown = [
        {
            "id": row.id,
            "title": line(row.title, 200),
            "state": row.state,
            "why": line(row.why),
            "at": moment(row.at) if row.at is not None else "",
            "service": line(row.told.service, 100) if row.told else "",
            "cause": line(row.told.cause, 60) if row.told else "",
            "status": row.told.status if row.told else "",
            "percent": percent(row.told.confidence) if row.told else "",
            "summary": line(row.told.summary) if row.told else "",
            "report": row.report,
        }
        for row in rows
    ]
    return fill("incidents.html.j2", page=page(STYLES, ()), data={}, rows=shown, more=more)
