"""Measures of requests: how many, how many fail, how long they take; in total and for each route or upstream."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from diagnose.signals.catalogue import Meaning
from diagnose.signals.draft import Draft, Told, matched, measured
from diagnose.signals.families import Family
from diagnose.signals.naming import unit_of
from diagnose.signals.rates import Clock, increments, over, quantile
from diagnose.signals.series import FloatArray, Measure, MetricType, Role
from diagnose.signals.sides import failed, outbound, outward, refused, split_label, status_label

_MAX_SPLITS = 24
_TAIL = 0.95


def requests(family: Family, window: Clock, line: Meaning | None = None) -> Iterator[Draft]:
    """Everything that a request counter, histogram or summary tells, as the catalogue's line has it."""
    unit = (line and line.unit) or family.name
    calls = not (line and line.taught) and any(outbound(family.name, each.labels) for each in family.series[:50])
    label = split_label(family.splitting, outwards=calls)
    status = status_label(family.splitting) or status_label(key for key, _ in family.series[0].labels)
    if label == status:
        label = None
    whole = _Part(family, window, status, calls, "", unit)
    yield from whole.drafts()
    if label is None:
        return
    groups = sorted(family.split(label).items(), key=lambda item: (-whole.volume(item[1]), item[0]))
    for detail, rows in groups[:_MAX_SPLITS]:
        yield from _Part(family.rows(rows), window, status, calls, detail, unit).drafts()


class _Part:
    """A family, or its rows for one route or upstream."""

    def __init__(
        self, family: Family, window: Clock, status: str | None, outward: bool, detail: str, unit: str
    ) -> None:
        self.family, self.window, self.status, self.outward, self.detail = family, window, status, outward, detail
        self.unit = unit
        self.suffix = "_count" if family.type in (MetricType.HISTOGRAM, MetricType.SUMMARY) else ""
        self.events = family.part(self.suffix) if self.suffix else family
        self.growth = increments(self.events.values)

    def volume(self, rows: list[int]) -> float:
        """How many events the rows of the family count."""
        names = {id(self.family.series[row]) for row in rows}
        mine = [i for i, each in enumerate(self.events.series) if id(each) in names]
        return float(self.growth[mine].sum())

    def drafts(self) -> Iterator[Draft]:
        if not self.events.series:
            return
        total = over(self.growth.sum(axis=0), self.window)
        rank = 0 if self.status else 1
        volume = float(self.growth.sum())
        for measure in (self._rate(total), *self._failures(total), *self._durations(total)):
            yield Draft(measure, rank, volume, self.outward)

    def _rate(self, total: FloatArray) -> Measure:
        query = f"sum(rate({matched(self.events, self.suffix)}[{self.window.range}]))"
        return self._measure(Role.REQUESTS, "1/s", query, total / self.window.span)

    def _failures(self, total: FloatArray) -> Iterator[Measure]:
        if not self.status:
            return
        groups = self.events.split(self.status)
        lost = {value for value in groups if failed(self.status, value) or (self.outward and refused(value))}
        bad = [row for value in groups if value in lost for row in groups[value]]
        errors = over(self.growth[bad].sum(axis=0), self.window)
        values = "|".join(sorted(lost)) or "5.."
        narrow = matched(self.events, self.suffix, f'{self.status}=~"{values}"')
        query = f"sum(rate({narrow}[{self.window.range}]))"
        yield self._measure(Role.ERRORS, "1/s", query, errors / self.window.span)
        ratio = np.divide(errors, total, out=np.full(total.shape, np.nan), where=total >= 1)
        whole = f"sum(rate({matched(self.events, self.suffix)}[{self.window.range}]))"
        yield self._measure(Role.ERROR_RATIO, "ratio", f"{query} / {whole}", ratio)
        for value, rows in groups.items():
            if refused(value) and not self.detail:
                told = Told(Role.OTHER, "1/s", query.replace(values, value), f"{self.status}={value}")
                rate = over(self.growth[rows].sum(axis=0), self.window) / self.window.span
                yield measured(self.events.rows(rows), told, rate)

    def _durations(self, total: FloatArray) -> Iterator[Measure]:
        if not self.suffix:
            return
        unit, scale = unit_of(self.unit)
        sums = self.family.part("_sum")
        if sums.series:
            spent = over(increments(sums.values).sum(axis=0), self.window)
            mean = np.divide(spent, total, out=np.full(total.shape, np.nan), where=total > 0)
            ranged = f"[{self.window.range}]))"
            query = f"sum(rate({matched(sums, '_sum')}{ranged} / sum(rate({matched(self.events, '_count')}{ranged}"
            yield self._measure(Role.LATENCY, unit or "s", query, mean * scale)
        yield from self._tail(unit or "s", scale)

    def _tail(self, unit: str, scale: float) -> Iterator[Measure]:
        buckets = self.family.part("_bucket").split("le")
        if buckets:
            part = self.family.part("_bucket")
            edges, cumulative = _cumulative(part, buckets, self.window)
            query = f"histogram_quantile({_TAIL}, sum by (le) (rate({matched(part, '_bucket')}[{self.window.range}])))"
            yield self._measure(Role.LATENCY_TAIL, unit, query, quantile(cumulative, edges, _TAIL) * scale)
            return
        quantiles = self.family.part("").split("quantile")
        best = next((q for q in ("0.99", "0.95", "0.9", "0.999") if q in quantiles), None)
        if best:
            part = self.family.part("").rows(quantiles[best])
            values = part.values.max(axis=0, initial=-np.inf, where=~np.isnan(part.values))
            values = np.where(np.isfinite(values), values, np.nan)
            yield self._measure(Role.LATENCY_TAIL, unit, f"max({matched(part)})", values * scale)

    def _measure(self, role: Role, unit: str, query: str, values: FloatArray) -> Measure:
        if not self.outward:
            return measured(self.events, Told(role, unit, query, self.detail), values)
        suffix = {Role.LATENCY_TAIL: "p95", Role.ERROR_RATIO: "ratio"}.get(role, "")
        detail = f"{self.detail} {suffix}".strip()
        return measured(self.events, Told(outward(role), unit, query, detail), values)


def _cumulative(part: Family, buckets: dict[str, list[int]], window: Clock) -> tuple[FloatArray, FloatArray]:
    growth = increments(part.values)
    order = sorted((edge, rows) for text, rows in buckets.items() if (edge := _edge(text)) is not None)
    counts = np.stack([over(growth[rows].sum(axis=0), window) for _, rows in order])
    return np.array([edge for edge, _ in order]), counts


def _edge(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
