"""From raw series to measures: what each series is, whatever it is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from diagnose.signals.catalogue import Meaning, plain_name
from diagnose.signals.choice import chosen
from diagnose.signals.draft import Draft, Told, matched, measured
from diagnose.signals.families import Family, families
from diagnose.signals.levels import plain, tells_version, versions
from diagnose.signals.meanings import candidates
from diagnose.signals.naming import unit_of
from diagnose.signals.rates import Clock, clock, increments, over
from diagnose.signals.ratios import ratios
from diagnose.signals.series import Measure, MetricType, Role, Series
from diagnose.signals.targets import Target, targets
from diagnose.signals.traffic import requests
from diagnose.signals.window import Window

_REQUEST_ROLES = frozenset({Role.REQUESTS, Role.LATENCY, Role.LATENCY_TAIL})
_TIMED = (MetricType.HISTOGRAM, MetricType.SUMMARY)


def measures(series: Sequence[Series], window: Window, taught: Sequence[Meaning] = ()) -> tuple[Measure, ...]:
    """What the series tell of each entity, one measure a (role, entity, detail), sorted; the rest has the role OTHER.

    What somebody `taught` goes before the catalogue.

    `detail` is '' for the whole of an entity. Times are those of the samples inside the window.
    """
    inside = [
        each for each in series if each.times.size and each.times[-1] >= window.start and each.times[0] < window.end
    ]
    found = chosen(draft for target in targets(inside) for draft in _drafts(target, taught))
    return tuple(sorted(found, key=lambda each: (each.entity, each.role, each.name, each.detail)))


def _drafts(target: Target, taught: Sequence[Meaning]) -> Iterator[Draft]:
    window = clock(target.times)
    found = families(target)
    for family in found:
        if tells_version(family):
            yield from versions(family)
            continue
        for line, part in _by_meaning(family, taught):
            yield from _of(part, line, window)
    yield from ratios({family.name: family for family in found}, window)


def _by_meaning(family: Family, taught: Sequence[Meaning]) -> Iterator[tuple[Meaning | None, Family]]:
    own = [line for line in taught if line.knows(plain_name(family.name), family.type)]
    lines = (*own, *candidates(family.name, family.type))
    groups: dict[Meaning | None, list[int]] = defaultdict(list)
    for index, each in enumerate(family.series):
        groups[next((line for line in lines if line.fits(each.labels)), None)].append(index)
    for line, rows in groups.items():
        yield line, family if len(groups) == 1 else family.rows(rows)


def _of(family: Family, line: Meaning | None, window: Clock) -> Iterator[Draft]:
    role = line.role if line else Role.OTHER
    if family.type in _TIMED:
        yield from requests(family, window, line) if role in _REQUEST_ROLES else _timed(family, line, window)
    elif role is Role.REQUESTS and family.type is MetricType.COUNTER:
        yield from requests(family, window, line)
    else:
        yield from plain(family, line, window)


def _timed(family: Family, line: Meaning | None, window: Clock) -> Iterator[Draft]:
    """Histograms and summaries of other things than requests: collections, waits, sizes."""
    sums, events = family.part("_sum"), family.part("_count")
    if not sums.series or not events.series:
        return
    spent = over(increments(sums.values).sum(axis=0), window)
    count = over(increments(events.values).sum(axis=0), window)
    unit, scale = unit_of((line and line.unit) or family.name)
    ranged = f"[{window.range}]))"
    sum_rate, count_rate = f"sum(rate({matched(sums, '_sum')}{ranged}", f"sum(rate({matched(events, '_count')}{ranged}"
    rank = line.rank if line else 0
    if line and line.role is Role.GC_TIME:
        yield Draft(measured(family, Told(Role.GC_TIME, "s/s", sum_rate), spent * scale / window.span), rank)
        yield Draft(measured(family, Told(Role.GC_RATE, "1/s", count_rate), count / window.span), rank)
        return
    mean = np.divide(spent, count, out=np.full(count.shape, np.nan), where=count > 0)
    told = Told(line.role if line else Role.OTHER, unit, f"{sum_rate} / {count_rate}")
    yield Draft(measured(family, told, mean * scale), rank)
