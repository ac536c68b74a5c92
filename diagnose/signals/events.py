"""Logs as plain data: what remains of a log after one pass, small whatever its size was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.series import FloatArray
from diagnose.signals.window import Window

IntArray = NDArray[np.int64]


class Level(StrEnum):
    """Severity as the record states it; UNKNOWN when it states none."""

    TRACE = "trace"
    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"
    FATAL = "fatal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LogSource:
    """One file or stream that was read: how much of it, in which format, and what could not be used."""

    name: str
    format: str
    lines: int
    in_window: int
    unparsed_time: int
    unreadable: int = 0
    note: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Pattern:
    """Messages of one template: `counts` maps a bucket's index to how many fell into it.

    `fields` gives, for each structured field that varies little, its values and how often each was seen;
    `stack` is one stack trace that came with the message, line by line; all text is redacted.
    """

    id: str
    level: Level
    template: str
    count: int
    first: float
    last: float
    counts: Mapping[int, int]
    examples: tuple[str, ...]
    fields: Mapping[str, Mapping[str, int]]
    stack: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class LoggedRequests:
    """Requests as access lines tell them, per bucket: how many, how many failed (5xx), mean seconds (NaN: none)."""

    requests: IntArray
    errors: IntArray
    latency: FloatArray
    endpoint: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class LogDigest:
    """All that is kept of the logs in the window, on buckets of `bucket_s` seconds from `window.start`."""

    window: Window
    bucket_s: float
    sources: tuple[LogSource, ...]
    levels: Mapping[Level, IntArray]
    patterns: tuple[Pattern, ...]
    requests: tuple[LoggedRequests, ...] = ()
    masked: Mapping[str, int] = field(default_factory=dict)
    first: float | None = None
    last: float | None = None

    @property
    def buckets(self) -> int:
        """How many buckets cover the window."""
        return int(np.ceil(self.window.duration / self.bucket_s))

    def begun(self) -> LogDigest:
        """The same digest on a window that begins with its first line: before a log begins, it is not silent."""
        skip = int((self.first - self.window.start) / self.bucket_s) if self.first is not None else 0
        if not 0 < skip < self.buckets:
            return self
        return replace(
            self,
            window=Window(self.window.start + skip * self.bucket_s, self.window.end),
            levels={level: counts[skip:] for level, counts in self.levels.items()},
            patterns=tuple(_shifted(pattern, skip) for pattern in self.patterns),
            requests=tuple(_cut(one, skip) for one in self.requests),
        )


def _shifted(pattern: Pattern, skip: int) -> Pattern:
    return replace(pattern, counts={bucket - skip: count for bucket, count in pattern.counts.items() if bucket >= skip})


def _cut(one: LoggedRequests, skip: int) -> LoggedRequests:
    return replace(one, requests=one.requests[skip:], errors=one.errors[skip:], latency=one.latency[skip:])
