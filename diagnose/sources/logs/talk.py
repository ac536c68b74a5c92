"""Which entity each record is of, and the order of the records of one request."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import pairwise
from operator import itemgetter
from pathlib import PurePath

from diagnose.signals.talk import Hop, Spoken, Voice
from diagnose.sources.logs import levels
from diagnose.sources.logs.patterns import Group
from diagnose.sources.logs.record import Record

_ENTITY = {
    name: rank
    for rank, names in enumerate(
        (
            "pod podname kubernetespodname k8spodname",
            "instance serviceinstanceid",
            "service servicename svc ecsservicename",
            "container containername kubernetescontainername k8scontainername",
            "job app appname application k8sdeploymentname",
            "host hostname node",
        )
    )
    for name in names.split()
}
"""Fields that name who speaks, without dots and the like, in the order in which metrics are told apart."""
_TRACE = frozenset({"traceid", "oteltraceid", "ddtraceid", "requestid", "xrequestid", "correlationid"})
_PUNCTUATION = re.compile(r"[\W_]+")
_SUFFIXES = re.compile(r"(?:\.(?:\d[\d.-]*|gz|zst|xz|bz2|log|txt|jsonl?|ndjson|out|err))+$")
_SHAPES = 2_000
_CHARS = 120
_LINES = 200_000  # lines with a trace id that are held; beyond, every second trace is dropped, again and again
_VOICES = 20_000
_HOPS = 5_000
_SAMPLES = 200

_TIME = itemgetter(0)
_FAILED = frozenset({levels.ERROR, levels.FATAL})

Line = tuple[float, str, Group]


class Talk:
    """Counts the lines of each entity and pattern, and keeps those of requests that can be told apart."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        self.whole = True
        self._redact = redact
        self._names: dict[str, str] = {}
        self._plans: dict[tuple[str, ...], tuple[str, str]] = {}
        self._counts: dict[tuple[str, int], dict[int, int]] = {}
        self._groups: dict[int, Group] = {}
        self._traces: dict[str, list[Line]] = defaultdict(list)
        self._lines = 0
        self._thin = 1

    def hear(self, record: Record, group: Group, lines: Mapping[int, int], source: str) -> None:
        """Takes a record in that stands for as many lines as `lines` has per bucket; `source` is '' if there is one."""
        fields = record.fields
        keys = tuple(fields)
        plan = self._plans.get(keys) or self._learn(keys)
        said = str(fields[plan[0]] or "") if plan[0] else source
        if not said:
            return
        entity = self._names.get(said) or self._name(said, said if plan[0] else entity_of(source))
        self._groups[id(group)] = group
        counts = self._counts.get((entity, id(group)))
        if counts is None:
            if len(self._counts) >= _VOICES:
                return
            counts = self._counts[entity, id(group)] = {}
        for bucket, count in lines.items():
            counts[bucket] = counts.get(bucket, 0) + count
        if plan[1] and self.whole and record.time is not None and (trace := fields[plan[1]]):
            self._follow(str(trace), (record.time, entity, group))

    def _name(self, said: str, entity: str) -> str:
        name = self._redact(entity[:_CHARS])
        if len(self._names) < _VOICES:
            self._names[said] = name
        return name

    def _learn(self, keys: tuple[str, ...]) -> tuple[str, str]:
        if len(self._plans) > _SHAPES:
            self._plans.clear()
        plain = {key: _PUNCTUATION.sub("", key).lower() for key in keys}
        named = sorted((_ENTITY[plain[key]], key) for key in keys if plain[key] in _ENTITY)
        traced = sorted(key for key in keys if plain[key] in _TRACE)
        plan = self._plans[keys] = (named[0][1] if named else "", traced[-1] if traced else "")
        return plan

    def _follow(self, trace: str, line: Line) -> None:
        if self._thin > 1 and zlib.crc32(trace.encode()) % self._thin:
            return
        self._traces[trace].append(line)
        self._lines += 1
        while self._lines > _LINES and self._thin < 1 << 30:
            self._thin *= 2
            for known in [each for each in self._traces if zlib.crc32(each.encode()) % self._thin]:
                self._lines -= len(self._traces.pop(known))

    def heard(self, name: Callable[[Group], str]) -> tuple[tuple[Voice, ...], tuple[Hop, ...]]:
        """What each entity said, and what followed what in requests; nothing when only one entity spoke.

        `name` gives the id of a group.
        """
        if len({entity for entity, _ in self._counts}) < 2:
            return (), ()
        names = {key: name(group) for key, group in self._groups.items()}
        return self._voices(names), self._hops(names)

    def _voices(self, names: Mapping[int, str]) -> tuple[Voice, ...]:
        found: dict[Spoken, dict[int, int]] = {}
        for (entity, group), counts in self._counts.items():
            told = found.setdefault((entity, names[group]), {})
            for bucket, count in counts.items():
                told[bucket] = told.get(bucket, 0) + count
        return tuple(Voice(*spoken, dict(sorted(counts.items()))) for spoken, counts in sorted(found.items()))

    def _hops(self, names: Mapping[int, str]) -> tuple[Hop, ...]:
        found: dict[tuple[Spoken, Spoken, bool], list[tuple[float, float]]] = defaultdict(list)
        for lines in self._traces.values():
            if not self.whole or len({entity for _, entity, _ in lines}) < 2:
                continue
            lines.sort(key=_TIME)
            blamed = ""
            spoken = [(entity, names[id(group)]) for _, entity, group in lines]
            for (before, after), (said, answered) in zip(pairwise(lines), pairwise(spoken), strict=True):
                if not blamed and before[2].level in _FAILED:
                    blamed = before[1]
                found[said, answered, blamed not in {"", after[1]}].append((after[0], after[0] - before[0]))
        ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))[:_HOPS]
        return tuple(_hop(*key, sorted(samples)) for key, samples in ranked)


def _hop(before: Spoken, after: Spoken, tainted: bool, samples: list[tuple[float, float]]) -> Hop:
    kept = samples[:: -(-len(samples) // _SAMPLES)]
    return Hop(before, after, tainted, tuple(round(at, 3) for at, _ in kept), tuple(round(s, 6) for _, s in kept))


def entity_of(source: str) -> str:
    """The entity that the path of a log names: its file name without endings, or its folder where that is a number."""
    path = PurePath(source)
    name = _SUFFIXES.sub("", path.name)
    return name if name and not name.isdigit() else path.parent.name
