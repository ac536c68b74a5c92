"""What follows from a turn: a message to the team, and a diagnosis of what has become critical."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diagnose.monitor import plugin
from diagnose.monitor.configuration import Service
from diagnose.monitor.health import Health
from diagnose.monitor.orders import Order, arguments
from diagnose.monitor.records import Record
from diagnose.monitor.turns import Turn, line
from diagnose.report.listing import Told
from diagnose.report.text import line as text
from diagnose.report.units import percent
from diagnose.signals.window import rfc3339


def message(turned: Sequence[Turn]) -> str:
    """One message for all that has turned in a pass; empty when nobody needs to know: what is new and well."""
    return "\n".join(line(one) for one in turned if one.was is not None or one.finding.status is not Health.OK)


def orders(turned: Sequence[Turn], services: Sequence[Service], at: float) -> Iterator[Order]:
    """A diagnosis of each service that has something that has become critical."""
    critical = {one.finding.service: one for one in reversed(turned) if one.finding.status is Health.CRITICAL}
    for service in services:
        if turn := critical.get(service.name):
            yield Order(
                key=f"check of {service.name}",
                name=f"{service.name}-{turn.finding.check}",
                title=f"{service.name}: {turn.finding.check}",
                at=at,
                alerts=frozenset({f"{turn.finding.check}@{rfc3339(at)}"}),
                arguments=arguments(service, at=at),
            )


def row(turn: Turn, at: float) -> dict[str, object]:
    """A turn for programs: the finding, when it was seen, and what it was."""
    return {"at": rfc3339(at), "was": turn.was.name if turn.was is not None else None, **plugin.row(turn.finding)}


def ended_line(record: Record, told: Told | None, report: str) -> str:
    """What became of an order, as one line; `report` is where its report is."""
    if told is None:
        return f"{record.state.upper():<8} {text(f'{record.order.title}: {record.why}')}"
    sure = f" ({percent(told.confidence)})" if told.status != "inconclusive" else ""
    said = text(f"{record.order.title}: {told.cause}{sure}: {told.summary}")
    return f"REPORT   {said} {report}"


def ended_row(record: Record, told: Told | None, report: str) -> dict[str, object]:
    """The same for programs."""
    verdict = told and {"status": told.status, "cause": told.cause, "confidence": told.confidence}
    return {
        "at": rfc3339(record.ended or record.received),
        "incident": record.id,
        "title": record.order.title,
        "state": record.state.value,
        "why": record.why,
        "verdict": verdict,
        "summary": told.summary if told else "",
        "report": report if told else None,
    }
