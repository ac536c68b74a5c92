"""Messages grouped by template as they come by: counts per bucket, fields, examples, one stack trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from diagnose.sources.logs.access import spoken
from diagnose.sources.logs.levels import LEVELS
from diagnose.sources.logs.masks import key_of, mask
from diagnose.sources.logs.record import Record, Value

TEMPLATES = 4_000
_KEYS = 50_000
EXAMPLES = 3
_FIELDS = 40
VALUES = 32
_CHARS = 2_000
OTHER = "(other messages)"

FieldCounts = dict[str, dict[Value, int] | None]  # None: too many values to say anything


@dataclass(slots=True)
class Group:
    """What is kept of all messages of one template and level; grows as records come by.

    `into` is the group that took this one in, once their templates were found to be of one message.
    """

    level: int
    template: str
    source: str = ""
    count: int = 0
    first: float = 0.0
    last: float = 0.0
    counts: dict[int, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    fields: FieldCounts = field(default_factory=dict)
    stack: str = ""
    request: bool = False
    seen: int = 0
    into: Group | None = None

    def count_at(self, at: float, bucket: int, weight: int) -> None:
        """Counts `weight` messages of a moment."""
        if self.count == 0 or at < self.first:
            self.first = at
        if at > self.last:  # noqa: PLR1730
            self.last = at
        self.count += weight
        counts = self.counts
        counts[bucket] = counts[bucket] + weight if bucket in counts else weight

    def count_many(self, counts: Mapping[int, int], first: float, last: float) -> None:
        """Counts messages by bucket, the earliest and the latest of which are of these moments."""
        self.first = min(first, self.first) if self.count else first
        self.last = max(last, self.last)
        for bucket, count in counts.items():
            self.count += count
            self.counts[bucket] = self.counts.get(bucket, 0) + count


class Grouping:
    """Groups records by template; `redact` is applied once to every distinct text that is kept."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact
        self._by_key: tuple[dict[bytes, Group], ...] = tuple({} for _ in LEVELS)
        self._by_template: dict[tuple[int, str], Group] = {}
        self.overflow = 0

    @property
    def groups(self) -> list[Group]:
        """All groups, in the order in which they were first seen."""
        return list(self._by_template.values())

    def add(self, record: Record, at: float, bucket: int, source: str, *, weight: int = 1) -> Group:
        """Counts one record that stands for `weight` of its kind, and gives its group."""
        _, level, message, fields, stack, _ = record
        if len(message) > _CHARS:
            message = message[:_CHARS]
        key = key_of(message.encode("utf-8", "surrogatepass"))
        group = self._by_key[level].get(key)
        if group is None:
            group = self._group_of(level, key, message, source)
        seen = group.seen = group.seen + 1
        group.count_at(at, bucket, weight)
        if fields:
            count_fields(group, fields, weight)
        if stack and not group.stack:
            group.stack = self._redact(stack)
        if seen in _SAMPLED and len(group.examples) < EXAMPLES:
            group.examples.append(self._redact(message))
        return group

    def exemplify(self, group: Group, message: str) -> None:
        """Keeps a message as the last example of a group that was seen often enough for one."""
        if group.seen >= max(_SAMPLED) and len(group.examples) < EXAMPLES:
            group.examples.append(self._redact(message[:_CHARS]))

    def _group_of(self, level: int, key: bytes, message: str, source: str) -> Group:
        template = mask(self._redact(message))
        group = self._by_template.get((level, template))
        if group is None and len(self._by_template) >= TEMPLATES:
            self.overflow += 1
            template = OTHER
            group = self._by_template.get((level, OTHER))
        if group is None:
            group = Group(level, template, source, request=bool(spoken(message)))
            self._by_template[level, template] = group
        known = self._by_key[level]
        if len(known) >= _KEYS:
            known.clear()
        known[key] = group
        return group


_SAMPLED = frozenset({1, 10, 100})


def count_fields(group: Group, found: dict[str, Value], weight: int = 1) -> None:
    """Counts the values of every field; a field with many values says nothing of the group and is dropped."""
    fields = group.fields
    for name, value in found.items():
        counts = fields.get(name)
        if counts is not None:
            if value in counts:
                counts[value] += weight
            elif len(counts) < VALUES:
                counts[value] = weight
            else:
                fields[name] = None
        elif name not in fields and len(fields) < _FIELDS and value.__class__ is not float:
            fields[name] = {value: weight}
