"""Partial results to one digest; the order in which they are added makes no difference."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from diagnose.signals.events import Level, LogDigest, LogSource, Pattern
from diagnose.signals.window import Window
from diagnose.sources.logs import levels
from diagnose.sources.logs.heard import Heard
from diagnose.sources.logs.levels import LEVELS
from diagnose.sources.logs.merging import merged
from diagnose.sources.logs.partial import Kind, Partial, Place, Reading
from diagnose.sources.logs.patterns import EXAMPLES, OTHER, TEMPLATES, VALUES, Group
from diagnose.sources.logs.served import Served
from diagnose.sources.logs.tally import bucket_count, bucket_seconds

_TRACE_LINES = 256
_Key = tuple[int, str]


@dataclass(slots=True)
class _Held:
    """A group with the places of what is kept of single messages."""

    group: Group
    place: Place
    examples: list[tuple[Place, int, str]]
    stack: tuple[Place, str] | None


class Total:
    """The sum of partial results."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._levels = np.zeros((len(LEVELS), bucket_count(window)), dtype=np.int64)
        self._held: dict[_Key, _Held] = {}
        self._served = Served()
        self._heard = Heard()
        self._masked: Counter[str] = Counter()
        self._first, self._last = math.inf, -math.inf
        self.readings: list[Reading] = []

    def add(self, partial: Partial) -> None:
        """Adds the result of one job."""
        self._levels[:, partial.low : partial.low + partial.levels.shape[1]] += partial.levels
        for kind in partial.kinds:
            self._hold((kind.level, kind.template), kind)
        if len(self._held) > 2 * TEMPLATES:
            self._bound()
        self._served.add(partial.served)
        self._heard.add(partial.heard)
        self._masked.update(partial.masked)
        self._first, self._last = min(self._first, partial.first), max(self._last, partial.last)
        self.readings += partial.readings

    def digest(self, sources: Iterable[LogSource]) -> LogDigest:
        """The digest of all that was added; to be asked for once, since alike groups are merged into one."""
        self._bound()
        groups = [_finished(held) for held in sorted(self._held.values(), key=lambda held: held.place)]
        known = {(group.level, group.template): group for group in groups}
        patterns = sorted((_pattern(group) for group in merged(groups)), key=lambda each: (-each.count, each.id))
        voices, hops = self._heard.told(lambda key: _id(known.get(key) or known[key[0], OTHER]))
        return LogDigest(
            window=self._window,
            bucket_s=bucket_seconds(self._window),
            sources=tuple(sources),
            levels={level: row for level, row in zip(LEVELS, self._levels, strict=True) if row.any()},
            patterns=tuple(patterns),
            requests=self._served.requests(self._levels.shape[1]),
            masked=dict(sorted(self._masked.items())),
            first=self._first if math.isfinite(self._first) else None,
            last=self._last if math.isfinite(self._last) else None,
            voices=voices,
            hops=hops,
        )

    def _hold(self, key: _Key, kind: Kind) -> None:
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = _Held(Group(key[0], key[1], kind.source), kind.place, [], None)
        if kind.place <= held.place:
            held.place, held.group.source = kind.place, kind.source
        group = held.group
        group.count_many(kind.counts, kind.first, kind.last)
        examples = ((kind.place, number, text) for number, text in enumerate(kind.examples))
        held.examples = sorted([*held.examples, *examples])[:EXAMPLES]
        if kind.stack and (held.stack is None or kind.place < held.stack[0]):
            held.stack = (kind.place, kind.stack)
        for name, counts in kind.fields.items():
            _add_field(group, name, counts)

    def _bound(self) -> None:
        """Keeps as many templates as one job may; which ones must not depend on the order in which they came."""
        named = sorted((key for key in self._held if key[1] != OTHER), key=_rank)
        for key in named[TEMPLATES:]:
            held = self._held.pop(key)
            self._hold((key[0], OTHER), _as_kind(held))


def _rank(key: _Key) -> tuple[bool, bytes]:
    """Warnings and errors first, then by chance."""
    level, template = key
    quiet = not levels.WARN <= level <= levels.FATAL
    return quiet, hashlib.blake2b(template.encode(), digest_size=8).digest()


def _as_kind(held: _Held) -> Kind:
    group, stack = held.group, held.stack[1] if held.stack else ""
    texts = tuple(text for _, _, text in held.examples)
    span = (group.count, group.first, group.last)
    return Kind(group.level, OTHER, group.source, held.place, *span, group.counts, texts, {}, stack)


def _add_field(group: Group, name: str, counts: object) -> None:
    """Adds the values of a field; one with many values says nothing of the group."""
    held = group.fields.get(name, {})
    if held is None or not isinstance(counts, dict):
        group.fields[name] = None
        return
    for value, count in counts.items():
        held[value] = held.get(value, 0) + count
    group.fields[name] = held if len(held) <= VALUES else None


def _finished(held: _Held) -> Group:
    held.group.examples = [text for _, _, text in held.examples]
    held.group.stack = held.stack[1] if held.stack else ""
    return held.group


def _pattern(group: Group) -> Pattern:
    level = LEVELS[group.level]
    group.counts = dict(sorted(group.counts.items()))  # in place: of a long window they are most of the memory
    return Pattern(
        id=_id(group),
        level=level,
        template=group.template,
        count=group.count,
        first=group.first,
        last=group.last,
        counts=group.counts,
        examples=tuple(dict.fromkeys(group.examples)),
        fields=_fields(group),
        stack=tuple(group.stack.split("\n")[:_TRACE_LINES]) if group.stack else (),
        source=group.source,
    )


def _fields(group: Group) -> dict[str, dict[str, int]]:
    """Fields that vary little."""
    kept: dict[str, dict[str, int]] = {}
    for name, counts in sorted(group.fields.items()):
        if counts and len(counts) <= max(3, sum(counts.values()) // 2):
            kept[name] = {
                str(value): n for value, n in sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
            }
    return kept


def _id(group: Group) -> str:
    while group.into is not None:
        group = group.into
    return pattern_id(LEVELS[group.level], group.template)


def pattern_id(level: Level, template: str) -> str:
    """A short id that the same messages get in every run."""
    return "log-" + hashlib.blake2b(f"{level}\0{template}".encode(), digest_size=4).hexdigest()
