"""Which of several metrics speaks for a role of an entity."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from diagnose.signals.draft import Draft
from diagnose.signals.series import Measure, Role

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
_POOL = frozenset({Role.POOL_IN_USE, Role.POOL_MAX, Role.POOL_WAITING, Role.POOL_WAIT_TIME})
_POOL_WORDS = re.compile(
    r"_?(in_?use|active|busy|used|checked_?out|acquired?|max|limit|capacity|size|total|open|wait\w*|pending|queued?|"
    r"connections?|conns?|seconds|duration|count|time|threads?|config|pools?|timeouts?|ms)(?=_|$)"
)


def chosen(drafts: Iterable[Draft]) -> tuple[Measure, ...]:
    """One measure a (role, entity, detail): the best keeps the role, others carry their own name in the detail."""
    traffic: dict[tuple[str, bool], list[Draft]] = defaultdict(list)
    others: dict[tuple[str, Role], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if not np.isfinite(draft.measure.values).any():
            continue
        if draft.measure.role in _TRAFFIC and draft.volume > 0:
            traffic[draft.measure.entity, draft.outward].append(draft)
        else:
            others[draft.measure.entity, draft.measure.role].append(draft)
    found = [measure for group in traffic.values() for measure in _main_traffic(group)]
    taken = {(each.role, each.entity, each.detail) for each in found}
    for (_, role), group in sorted(others.items()):
        found.extend(_unique(_pools(group) if role in _POOL else _best(role, group), taken))
    return (*found, *_error_ratios(found))


def _main_traffic(group: list[Draft]) -> Iterator[Measure]:
    """Of several request metrics the one with most traffic speaks for the whole.

    Two that count the same traffic (within a fifth) are one: the one that tells failures gives rates and errors.
    """
    volume: dict[str, float] = defaultdict(float)
    ranks: dict[str, int] = {}
    for draft in group:
        volume[draft.measure.name] = max(volume[draft.measure.name], draft.volume)
        ranks[draft.measure.name] = draft.rank
    most = max(volume.values())
    same = sorted((ranks[name], -volume[name], name) for name in volume if volume[name] >= 0.8 * most)
    main = {name: place for place, (_, _, name) in enumerate(same)}
    taken: set[tuple[Role, str]] = set()
    for draft in sorted(group, key=lambda each: (main.get(each.measure.name, len(main)), each.measure.name)):
        each = draft.measure if draft.measure.name in main else _renamed(draft.measure)
        if (each.role, each.detail) not in taken:
            taken.add((each.role, each.detail))
            yield each


def _pools(group: list[Draft]) -> Iterator[Measure]:
    """Pools apart by what remains of the name when the words for use and size are gone, if there are several."""
    stems = {_stem(draft.measure.name) for draft in group}
    for draft in sorted(group, key=lambda each: (each.rank, each.measure.name)):
        each = draft.measure
        detail = each.detail if len(stems) == 1 else f"{_stem(each.name)} {each.detail}".strip()
        yield replace(each, detail=detail)


def _stem(name: str) -> str:
    return _POOL_WORDS.sub("", name).strip("_") or name


def _best(role: Role, group: list[Draft]) -> Iterator[Measure]:
    if role in (Role.OTHER, Role.VERSION):
        yield from (draft.measure for draft in group)
        return
    best = min(group, key=lambda draft: (draft.rank, draft.measure.name))
    for draft in sorted(group, key=lambda draft: (draft.rank, draft.measure.name)):
        if draft.rank > best.rank and draft.measure.name != best.measure.name:
            yield replace(draft.measure, role=Role.OTHER)
        else:
            yield draft.measure


def _unique(measures: Iterable[Measure], taken: set[tuple[Role, str, str]]) -> Iterator[Measure]:
    for each in measures:
        key = (each.role, each.entity, each.detail)
        if each.role not in (Role.OTHER, Role.VERSION) and key in taken:
            each = _renamed(each)  # noqa: PLW2901 - the same measure under its longer name
        taken.add((each.role, each.entity, each.detail))
        yield each


def _renamed(measure: Measure) -> Measure:
    return replace(measure, detail=f"{measure.name} {measure.detail}".strip())


def _error_ratios(found: list[Measure]) -> Iterator[Measure]:
    """Errors over requests where a service counts its failures in a metric of their own."""
    whole = {(each.role, each.entity): each for each in found if not each.detail}
    for (role, entity), errors in sorted(whole.items()):
        requests = whole.get((Role.REQUESTS, entity))
        if role is not Role.ERRORS or requests is None or (Role.ERROR_RATIO, entity) in whole:
            continue
        if errors.times.size == requests.times.size and np.array_equal(errors.times, requests.times):
            busy = requests.values > 1e-9
            values = np.divide(errors.values, requests.values, out=np.full(busy.shape, np.nan), where=busy)
            query = f"{errors.query} / {requests.query}"
            yield replace(errors, role=Role.ERROR_RATIO, unit="ratio", values=np.minimum(values, 1.0), query=query)
