"""From raw series to measures: what each series is, whatever it is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from diagnose.signals.catalogue import Meaning, candidates, fits
from diagnose.signals.draft import Draft, Told, matched, measured
from diagnose.signals.families import Family, families
from diagnose.signals.levels import plain, versions
from diagnose.signals.naming import unit_of
from diagnose.signals.rates import Clock, clock, increments, over
from diagnose.signals.series import Measure, MetricType, Role, Series
from diagnose.signals.targets import Target, targets
from diagnose.signals.traffic import requests
from diagnose.signals.window import Window

_REQUEST_ROLES = frozenset({Role.REQUESTS, Role.LATENCY, Role.LATENCY_TAIL})
_TIMED = (MetricType.HISTOGRAM, MetricType.SUMMARY)
_TRAFFIC = frozenset(
    {
        Role.REQUESTS,
        Role.ERRORS,
        Role.ERROR_RATIO,
        Role.LATENCY,
        Role.LATENCY_TAIL,
        Role.UPSTREAM_REQUESTS,
        Role.UPSTREAM_ERRORS,
        Role.UPSTREAM_LATENCY,
    }
)


def measures(series: Sequence[Series], window: Window) -> tuple[Measure, ...]:
    """What the series tell of each entity, one measure a (role, entity, detail), sorted; the rest has the role OTHER.

    `detail` is '' for the whole of an entity. Times are those of the samples inside the window.
    """
    inside = [
        each for each in series if each.times.size and each.times[-1] >= window.start and each.times[0] < window.end
    ]
    drafts = [draft for target in targets(inside) for draft in _drafts(target)]
    chosen = [draft.measure for draft in _chosen(drafts) if np.isfinite(draft.measure.values).any()]
    return tuple(sorted(chosen, key=lambda each: (each.entity, each.role, each.name, each.detail)))


def _drafts(target: Target) -> Iterator[Draft]:
    window = clock(target.times)
    for family in families(target):
        if family.type is MetricType.INFO or family.name.endswith("_info"):
            yield from versions(family)
            continue
        for line, part in _by_meaning(family):
            yield from _of(part, line, window)


def _by_meaning(family: Family) -> Iterator[tuple[Meaning | None, Family]]:
    lines = candidates(family.name, family.type)
    groups: dict[Meaning | None, list[int]] = defaultdict(list)
    for index, each in enumerate(family.series):
        groups[next((line for line in lines if fits(line, each.labels)), None)].append(index)
    for line, rows in groups.items():
        yield line, family if len(groups) == 1 else family.rows(rows)


def _of(family: Family, line: Meaning | None, window: Clock) -> Iterator[Draft]:
    role = line.role if line else Role.OTHER
    if family.type in _TIMED:
        if role in _REQUEST_ROLES:
            yield from requests(family, window)
        else:
            yield from _timed(family, line, window)
    elif role is Role.REQUESTS and family.type is MetricType.COUNTER:
        yield from requests(family, window)
    else:
        yield from plain(family, line, window)


def _timed(family: Family, line: Meaning | None, window: Clock) -> Iterator[Draft]:
    """Histograms and summaries of other things than requests: collections, waits, sizes."""
    sums, events = family.part("_sum"), family.part("_count")
    if not sums.series or not events.series:
        return
    spent = over(increments(sums.values).sum(axis=0), window)
    count = over(increments(events.values).sum(axis=0), window)
    unit, scale = unit_of(family.name)
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


def _chosen(drafts: Iterable[Draft]) -> Iterator[Draft]:
    traffic: dict[tuple[str, bool], list[Draft]] = defaultdict(list)
    others: dict[tuple[Role, str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        each = draft.measure
        if each.role in _TRAFFIC and draft.volume > 0:
            traffic[each.entity, draft.outward].append(draft)
        else:
            others[each.role, each.entity, each.detail].append(draft)
    for group in traffic.values():
        yield from _main_traffic(group)
    for (role, _, _), group in others.items():
        yield from _best(role, group)


def _main_traffic(group: list[Draft]) -> Iterator[Draft]:
    """Of several request metrics the one with most traffic speaks for the whole, the others under their own name.

    Two that count the same traffic (within a fifth) are one: the one that tells failures gives rates and errors.
    """
    volume: dict[str, float] = defaultdict(float)
    ranks: dict[str, int] = {}
    for draft in group:
        volume[draft.measure.name] = max(volume[draft.measure.name], draft.volume)
        ranks[draft.measure.name] = draft.rank
    most = max(volume.values())
    same = sorted((ranks[name], -volume[name], name) for name in volume if volume[name] >= 0.8 * most)
    main = [name for _, _, name in same]
    taken: set[tuple[Role, str]] = set()
    for draft in sorted(group, key=lambda each: (_order(main, each.measure.name), each.measure.name)):
        each = draft.measure
        if each.name not in main:
            each = replace(each, detail=f"{each.name} {each.detail}".strip())
        if (each.role, each.detail) not in taken:
            taken.add((each.role, each.detail))
            yield replace(draft, measure=each)


def _order(main: list[str], name: str) -> int:
    return main.index(name) if name in main else len(main)


def _best(role: Role, group: list[Draft]) -> Iterator[Draft]:
    """Of several metrics with one role the best keeps it; the others stay in sight under their own name."""
    if role in (Role.OTHER, Role.VERSION):
        yield from group
        return
    best = min(group, key=lambda draft: (draft.rank, draft.measure.name))
    for draft in group:
        if draft is best:
            yield draft
        elif draft.rank == best.rank and draft.measure.name != best.measure.name:
            each = draft.measure
            yield replace(draft, measure=replace(each, detail=f"{each.name} {each.detail}".strip()))
        else:
            yield replace(draft, measure=replace(draft.measure, role=Role.OTHER))
