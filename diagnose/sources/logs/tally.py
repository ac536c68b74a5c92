"""All that is kept of a log as it goes by."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.events import IntArray
from diagnose.signals.series import FloatArray
from diagnose.signals.window import Window
from diagnose.sources.logs.access import spoken
from diagnose.sources.logs.levels import LEVELS
from diagnose.sources.logs.partial import Kind, Partial, Place, Reading
from diagnose.sources.logs.patterns import Group, Grouping, count_fields
from diagnose.sources.logs.record import Record, Value
from diagnose.sources.logs.request_fields import kind_of
from diagnose.sources.logs.talk import Talk
from diagnose.sources.logs.traffic import Traffic
from diagnose.sources.redact import Redactor

_FINE = 7_200.0
_ID = re.compile(
    r"(?:^|[._-])(?:request|req|trace|span|correlation|transaction|session|user|order|message|event)[._-]?id$|^id$",
    re.I,
)
ELSEWHERE = len(LEVELS)
"""The level code of records that are counted on their own."""
FILE = "log.file"
"""The field that tells from which of several sources the records of a pattern came."""


def bucket_seconds(window: Window) -> float:
    """Width of a bucket: one second up to two hours, beyond that as many whole seconds as give at most 7200."""
    return float(max(1, math.ceil(window.duration / _FINE)))


def bucket_count(window: Window) -> int:
    """How many buckets cover a window."""
    return math.ceil(window.duration / bucket_seconds(window))


class Tally:
    """Counts the records of a window."""

    def __init__(self, window: Window, *, job: int = 0) -> None:
        self.window = window
        self.bucket_s = bucket_seconds(window)
        self.buckets = bucket_count(window)
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
        self._job = job
        self.talk = Talk(self.redactor.redact, job)

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
        """Counts many records by level code and Unix time, but those that are counted ELSEWHERE.

        Those outside of the window only tell what the log holds.
        """
        if not level.size:
            return
        here = level != ELSEWHERE
        self.first = min(self.first, float(np.where(here, time, np.inf).min()))
        self.last = max(self.last, float(np.where(here, time, -np.inf).max()))
        if not (self.window.start <= time.min() and time.max() < self.window.end):
            inside = (time >= self.window.start) & (time < self.window.end)
            level, time = level[inside], time[inside]
            if not level.size:
                return
        low, high = self.bucket(np.array([time.min(), time.max()])).tolist()
        width = high - low + 1
        cell = self.bucket(time)
        cell += level.astype(np.int64) * width - low
        flat = np.bincount(cell, minlength=(ELSEWHERE + 1) * width).reshape(-1, width)[:ELSEWHERE]
        self._many[:, low : high + 1] += flat
        self.in_window += int(flat.sum())

    def partial(self, readings: Iterable[Reading]) -> Partial:
        """All that was counted, as the result of the job."""
        counts = self._many + np.array(self._levels)
        held = np.flatnonzero(counts.any(axis=0))
        low, high = (int(held[0]), int(held[-1]) + 1) if held.size else (0, 0)
        kinds = tuple(self._kind(group, (self._job, number)) for number, group in enumerate(self._grouping.groups))
        return Partial(
            low=low,
            levels=counts[:, low:high],
            kinds=kinds,
            served=self._traffic.served,
            heard=self.talk.heard,
            masked=dict(self.redactor.counts),
            readings=tuple(readings),
            first=self.first,
            last=self.last,
        )

    @property
    def overflow(self) -> int:
        """How many distinct messages went into the group of all others."""
        return self._grouping.overflow

    def _kind(self, group: Group, place: Place) -> Kind:
        return Kind(
            level=group.level,
            template=group.template,
            source=group.source,
            place=place,
            count=group.count,
            first=group.first,
            last=group.last,
            counts=group.counts,
            examples=tuple(group.examples),
            fields={name: self._shown(name, counts) for name, counts in group.fields.items() if not _varies(name)},
            stack=group.stack,
        )

    def _shown(self, name: str, counts: dict[Value, int] | None) -> dict[str, int] | None:
        """The values of a field as text without secrets."""
        if counts is None:
            return None
        shown: dict[str, int] = {}
        for value, count in counts.items():
            text = self.redactor.field(name, str(value).lower() if isinstance(value, bool) else str(value)[:200])
            shown[text] = shown.get(text, 0) + count
        return shown


def _varies(name: str) -> bool:
    """Whether a field holds identifiers or durations, which say nothing of a group."""
    return _ID.search(name) is not None or kind_of(name)[0] in {"duration", "id"}
