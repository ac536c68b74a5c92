"""Metrics with too many series to fetch: the server adds up what belongs to one process."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from diagnose.signals.meanings import weight
from diagnose.signals.targets import IDENTITY
from diagnose.signals.window import Window
from diagnose.sources.metrics.plan import FINEST_S, Question, sampling_step

_COUNTS = ("_total", "_count", "_sum", "_bucket")
_FEW = 1_000
_MOST = 16
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_SPLITS = ("le", "code", "status", "status_code", "method", "grpc_code", "outcome", "result")


def summed(left_out: Mapping[str, int], found: Sequence[Mapping[str, str]], window: Window) -> tuple[Question, ...]:
    """A question for each counter and histogram that was left out, those first that say most of a service's health.

    Series of one process begin anew together, so the sum of their counters is a counter too; that of gauges would mean
    nothing. Who speaks and the buckets are kept apart, and what else leaves no more than 1,000 series.
    """
    names = sorted((name for name in left_out if name.endswith(_COUNTS)), key=lambda name: (-weight(name), name))
    wanted = dict.fromkeys(names[:_MOST])
    families: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for labels in found:
        if labels.get("__name__", "") in wanted:
            families[labels["__name__"]].append(labels)
    return tuple(_question(name, families[name], window) for name in wanted)


def _question(name: str, family: Sequence[Mapping[str, str]], window: Window) -> Question:
    by: tuple[str, ...] = ()
    groups = 1
    for label in _ordered(family):
        more = len({tuple(labels.get(key, "") for key in (*by, label)) for labels in family})
        if more <= _FEW:
            by, groups = (*by, label), more
    return Question((name,), groups, window, sampling_step(window, FINEST_S), by=tuple(sorted(by)))


def _ordered(family: Sequence[Mapping[str, str]]) -> list[str]:
    """The labels in the order of their worth: buckets, who speaks, how it ended, then those with the fewest values."""
    values = Counter(key for key, _ in {pair for labels in family for pair in labels.items()})
    labels = [key for key in values if _LABEL.fullmatch(key) and key != "__name__"]
    return sorted(labels, key=lambda key: (key != "le", key not in IDENTITY, key not in _SPLITS, values[key], key))
