"""What users felt, as far as traffic, errors and latency tell it, before the onset and since."""

from __future__ import annotations

from diagnose.report import charts, model, timeline, units
from diagnose.report.book import Book
from diagnose.signals.events import Level


def impact(book: Book) -> tuple[model.Felt, ...]:
    """One line a quantity; what the data does not hold is left out."""
    found = []
    for roles in timeline.CONTEXT:
        measure = timeline.main(book, roles)
        if measure is not None:
            before, after = timeline.medians(measure, book)
            name = " · ".join(part for part in timeline.named(measure) if part)
            found.append(_felt(name, before, after, measure.unit))
    return (*found, *_errors(book))


def _felt(name: str, before: float, after: float, unit: str) -> model.Felt:
    return model.Felt(
        name, units.quantity(before, unit), units.quantity(after, unit), units.change(before, after, unit)
    )


def _errors(book: Book) -> tuple[model.Felt, ...]:
    logs = book.evidence.logs
    if logs is None:
        return ()
    total = charts.total(logs, (Level.ERROR, Level.FATAL))
    before, after = timeline.rates(book, logs, total)
    return (_felt("Errors in the log", before * 60, after * 60, "/min"),)
