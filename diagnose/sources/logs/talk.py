"""Which entity each record is of, and the order of the records of one request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath

from diagnose.sources.logs.heard import Heard
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
_VOICES = 20_000


class Talk:
    """Counts the lines of each entity and pattern, and keeps those of requests that can be told apart."""

    def __init__(self, redact: Callable[[str], str], job: int = 0) -> None:
        self.heard = Heard()
        self._job = job
        self._redact = redact
        self._names: dict[str, str] = {}
        self._plans: dict[tuple[str, ...], tuple[str, str]] = {}
        self._lines = 0

    def hear(self, record: Record, group: Group, lines: Mapping[int, int], source: str) -> None:
        """Takes a record in that stands for as many lines as `lines` has per bucket; `source` is '' if there is one."""
        fields = record.fields
        keys = tuple(fields)
        plan = self._plans.get(keys) or self._learn(keys)
        said = str(fields[plan[0]] or "") if plan[0] else source
        if not said:
            return
        entity = self._names.get(said) or self._name(said, said if plan[0] else entity_of(source))
        told, key = self.heard.counts, (group.level, group.template)
        counts = told.get((entity, key))
        if counts is None:
            if len(told) >= _VOICES:
                return
            counts = told[entity, key] = {}
        for bucket, count in lines.items():
            counts[bucket] = counts.get(bucket, 0) + count
        if plan[1] and self.heard.whole and record.time is not None and (trace := fields[plan[1]]):
            self._lines += 1
            self.heard.follow(str(trace), [(record.time, (self._job, self._lines), entity, key)])

    def _name(self, said: str, entity: str) -> str:
        name = self._redact(entity[:_CHARS])
        if len(self._names) < _VOICES:
            self._names[said] = name
        return name

    def _learn(self, keys: tuple[str, ...]) -> tuple[str, str]:
        if len(self._plans) > _SHAPES:
            self._plans.clear()
        plan = self._plans[keys] = _telling(keys)
        return plan


def tells_hops(keys: Iterable[str], *, several: bool) -> bool:
    """Whether records with these fields tell who did what of one request; of `several` sources each is one who does."""
    entity, trace = _telling(keys)
    return bool(trace and (entity or several))


def _telling(keys: Iterable[str]) -> tuple[str, str]:
    """The fields that name who speaks and the request, '' where there is none."""
    plain = {key: _PUNCTUATION.sub("", key).lower() for key in keys}
    named = sorted((_ENTITY[name], key) for key, name in plain.items() if name in _ENTITY)
    traced = sorted(key for key, name in plain.items() if name in _TRACE)
    return named[0][1] if named else "", traced[-1] if traced else ""


def entity_of(source: str) -> str:
    """The entity that the path of a log names: its file name without endings, or its folder where that is a number."""
    path = PurePath(source)
    name = _SUFFIXES.sub("", path.name)
    return name if name and not name.isdigit() else path.parent.name
