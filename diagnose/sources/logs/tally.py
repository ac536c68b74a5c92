"""All that is kept of a log as it goes by, and how that becomes a digest."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.events import IntArray, Level, LogDigest, LogSource, Pattern
from diagnose.signals.series import FloatArray
from diagnose.signals.window import Window
from diagnose.sources.logs.access import spoken
from diagnose.sources.logs.levels import LEVELS
from diagnose.sources.logs.merging import merged
from diagnose.sources.logs.patterns import Group, Grouping, count_fields
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.request_fields import kind_of
from diagnose.sources.logs.talk import Talk
from diagnose.sources.logs.traffic import Traffic
from diagnose.sources.redact import Redactor

_FINE = 7_200.0
_ID = re.compile(
    r"(?:^|[._-])(?:request|req|trace|span|correlation|transaction|session|user|order|message|event)[._-]?id$|^id$",
    re.I,
)
FILE = "log.file"
"""The field that tells from which of several sources the records of a pattern came."""
_TRACE_LINES = 256


def bucket_seconds(window: Window) -> float:
    """Width of a bucket: one second up to two hours, beyond that as many whole seconds as give at most 7200."""
    return float(max(1, math.ceil(window.duration / _FINE)))


class Tally:
    """Counts the records of a window."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.bucket_s = bucket_seconds(window)
        self.buckets = math.ceil(window.duration / self.bucket_s)
        self.redactor = Redactor()
        self.source = ""
        self.several = False
        self.in_window = 0
        self.first = math.inf
        self.last = -math.inf
        self._levels = [[0] * self.buckets for _ in LEVELS]
        self._many = np.zeros((len(LEVELS), self.buckets), dtype=np.int64)
        self._grouping = Grouping(self.redactor.redact)
        self._traffic = Traffic()
        self.talk = Talk(self.redactor.redact)

    def add(self, record: Record) -> Group | None:
        """Counts one record if its time lies in the window, and gives the group that it fell into."""
        at = record.time
        if at is None:
            return None
        if at < self.first:  # noqa: PLR1730 - once a line: a call costs more than a comparison
            self.first = at
        if at > self.last:  # noqa: PLR1730
            self.last = at
        window = self.window
        if not window.start <= at < window.end:
            return None
        bucket = int((at - window.start) / self.bucket_s)
        self.in_window += 1
        self._levels[record.level][bucket] += 1
        return self.describe(record, at, weight=1)

    def describe(self, record: Record, at: float, *, weight: int) -> Group:
        """Groups a record of the window that stands for `weight` of its kind, without counting its level."""
        bucket = int((at - self.window.start) / self.bucket_s)
        group = self._grouping.add(record, at, bucket, self.source, weight=weight)
        if self.several:
            count_fields(group, {FILE: self.source}, weight)
        self._requests(record, group, {bucket: weight})
        return group

    def observe(self, record: Record, group: Group, counts: Mapping[int, int]) -> None:
        """Lets a record tell of the fields and requests of as many messages of its group as `counts` has per bucket."""
        self._grouping.exemplify(group, record.message)
        count_fields(group, record.fields, sum(counts.values()))
        self._requests(record, group, counts)

    def _requests(self, record: Record, group: Group, counts: Mapping[int, int]) -> None:
        fields = record.fields
        if fields or self.several:
            self.talk.hear(record, group, counts, self.source if self.several else "")
        if group.request and "status" not in fields and (said := spoken(record.message)):
            count_fields(group, said, sum(counts.values()))
            fields = {**said, **fields}
        if fields:
            self._traffic.add(fields, record.level, counts)

    def bucket(self, time: FloatArray) -> IntArray:
        """The buckets of moments in the window."""
        return ((time - self.window.start) / self.bucket_s).astype(np.int64)

    def count(self, level: NDArray[np.int8], time: FloatArray) -> None:
        """Counts many records by level code and Unix time; those outside of the window only tell what the log holds."""
        if not level.size:
            return
        first, last = float(time.min()), float(time.max())
        self.first, self.last = min(self.first, first), max(self.last, last)
        if not (self.window.start <= first and last < self.window.end):
            inside = (time >= self.window.start) & (time < self.window.end)
            level, time = level[inside], time[inside]
        if not level.size:
            return
        bucket = self.bucket(time)
        low, width = int(bucket.min()), int(np.ptp(bucket)) + 1
        flat = np.bincount(level.astype(np.int64) * width + (bucket - low), minlength=len(LEVELS) * width)
        self._many[:, low : low + width] += flat.reshape(len(LEVELS), width)
        self.in_window += len(level)

    def digest(self, sources: Iterable[LogSource]) -> LogDigest:
        """The digest of all that was counted."""
        levels: dict[Level, IntArray] = {
            level: counts
            for level, counts in zip(LEVELS, self._many + np.array(self._levels), strict=True)
            if counts.any()
        }
        groups = merged(self._grouping.groups)
        voices, hops = self.talk.heard(_id)
        patterns = sorted((self._pattern(group) for group in groups), key=lambda each: (-each.count, each.id))
        return LogDigest(
            window=self.window,
            bucket_s=self.bucket_s,
            sources=tuple(sources),
            levels=levels,
            patterns=tuple(patterns),
            requests=self._traffic.requests(self.buckets),
            masked=dict(sorted(self.redactor.counts.items())),
            first=self.first if math.isfinite(self.first) else None,
            last=self.last if math.isfinite(self.last) else None,
            voices=voices,
            hops=hops,
        )

    @property
    def overflow(self) -> int:
        """How many distinct messages went into the group of all others."""
        return self._grouping.overflow

    def _pattern(self, group: Group) -> Pattern:
        level = LEVELS[group.level]
        return Pattern(
            id=_id(group),
            level=level,
            template=group.template,
            count=group.count,
            first=group.first,
            last=group.last,
            counts=dict(sorted(group.counts.items())),
            examples=tuple(dict.fromkeys(group.examples)),
            fields=self._fields(group),
            stack=tuple(group.stack.split("\n")[:_TRACE_LINES]) if group.stack else (),
            source=group.source,
        )

    def _fields(self, group: Group) -> dict[str, dict[str, int]]:
        """Fields that vary little: identifiers and durations say nothing of a group."""
        kept: dict[str, dict[str, int]] = {}
        for name, counts in sorted(group.fields.items()):
            if not counts or _ID.search(name) or kind_of(name)[0] in {"duration", "id"}:
                continue
            total = sum(counts.values())
            if len(counts) > max(3, total // 2):
                continue
            ranked = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
            kept[name] = {}
            for value, count in ranked:
                shown = self.redactor.field(name, _shown(value))
                kept[name][shown] = kept[name].get(shown, 0) + count
        return kept


def _id(group: Group) -> str:
    while group.into is not None:
        group = group.into
    return pattern_id(LEVELS[group.level], group.template)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)[:200]


def pattern_id(level: Level, template: str) -> str:
    """A short id that the same messages get in every run."""
    return "log-" + hashlib.blake2b(f"{level}\0{template}".encode(), digest_size=4).hexdigest()
