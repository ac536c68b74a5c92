"""The evidence cards: each observation with its numbers in words and the picture that its `ref` names."""

from __future__ import annotations

from diagnose.checks.finding import Observation
from diagnose.playbook.plain import once, release
from diagnose.report import axis, charts, model, pictures, units, wording
from diagnose.report.book import Book
from diagnose.report.snapshots import index_of
from diagnose.report.text import COMMAND, block, line
from diagnose.signals.evidence import Signal


def exhibit(book: Book, found: Observation, number: int) -> model.Exhibit:
    """One observation as a card; `number` counts the cards from 1."""
    strength = round(min(max(units.significant(found.strength) or 0.0, 0.0), 1.0), 4)
    pictured = found.id in book.pictured
    index = index_of(found.ref, book.evidence.profiles)
    unit = line(found.unit, 60)
    before, during = (_quantity(found, value) for value in (found.baseline, found.observed))
    title = line(found.title)
    head, detail = _headed(title, found.signal)
    return model.Exhibit(
        id=line(found.id, 100),
        label=f"e{number}",
        signal=found.signal.value,
        noun=wording.SIGNALS[found.signal.value],
        title=title,
        head=wording.opening(head),
        detail=detail,
        at=axis.moment(book.window, found.at) if found.at is not None else None,
        window=axis.span(found.window),
        baseline=units.significant(found.baseline),
        observed=units.significant(found.observed),
        unit=unit,
        baseline_text=before,
        observed_text=during,
        numbers=_numbers(found, before, during),
        change=units.change(found.baseline, found.observed, unit),
        strength=strength,
        percent=units.percent(strength),
        reproduce=block(found.reproduce, COMMAND),
        chart=_chart(book, found.ref) if pictured else None,
        hot=book.hot.get(index, ()) if pictured and index is not None else (),
        pattern=line(found.ref, 100) if found.ref in book.patterns else "",
    )


def _headed(title: str, signal: Signal) -> tuple[str, str]:
    """What a title says first, and the rest: of a profile its other statements, of a release the metric that tells."""
    if signal is Signal.PROFILE:
        head, _, detail = title.partition("; ")
        return head, detail
    if signal is Signal.LOG:
        return once(title), ""
    told = release(title) if signal is Signal.CHANGE else None
    return (told[0], f"told by {told[1]}") if told else (title, "")


def _quantity(found: Observation, value: float | None) -> str:
    """A value with its unit; lines of a log a minute, as elsewhere in the report: a second is short for them."""
    unit = line(found.unit, 60)
    if found.signal is Signal.LOG and value is not None and units.canonical(unit) in ("/s", "1/s"):
        return units.quantity(value * 60, "/min")
    return units.quantity(value, unit)


def _numbers(found: Observation, before: str, during: str) -> str:
    if found.observed is None:
        return ""
    return during if found.baseline is None else f"{units.bare(before, during)} → {during}"


def _chart(book: Book, ref: str) -> pictures.Chart | None:
    if ref in book.measures:
        return charts.line(book.measures[ref], book.window)
    logs = book.evidence.logs
    if ref in book.patterns and logs:
        return charts.counts(charts.spread(book.patterns[ref].counts, logs.buckets))
    return None
