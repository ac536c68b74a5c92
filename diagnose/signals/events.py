"""Logs as plain data: what remains of a log after one pass, small whatever its size was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.series import FloatArray
from diagnose.signals.talk import Hop, Voice
from diagnose.signals.window import Window

IntArray = NDArray[np.int64]
_SEVERAL = 3


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
    """All that is kept of the logs in the window, on buckets of `bucket_s` seconds from `window.start`.

    `voices` tell the entities of the logs apart, and `hops` are there when their records carry trace ids.
    """

    window: Window
    bucket_s: float
    sources: tuple[LogSource, ...]
    levels: Mapping[Level, IntArray]
    patterns: tuple[Pattern, ...]
    requests: tuple[LoggedRequests, ...] = ()
    masked: Mapping[str, int] = field(default_factory=dict)
    first: float | None = None
    last: float | None = None
    voices: tuple[Voice, ...] = ()
    hops: tuple[Hop, ...] = ()

    @property
    def buckets(self) -> int:
        """How many buckets cover the window."""
        return int(np.ceil(self.window.duration / self.bucket_s))

    def begun(self) -> LogDigest:
        """The same digest on a window that begins with its first line: before a log begins, it is not silent.

        Where several entities speak it ends with its last line too: they do not all fall silent at once.
        """
        skip = int((self.first - self.window.start) / self.bucket_s) if self.first is not None else 0
        stop = self.buckets
        if self.last is not None and len({voice.entity for voice in self.voices}) >= _SEVERAL:
            stop = min(stop, int((self.last - self.window.start) / self.bucket_s) + 1)
        if not 0 <= skip < stop or (skip, stop) == (0, self.buckets):
            return self
        start = self.window.start
        return replace(
            self,
            window=Window(start + skip * self.bucket_s, min(self.window.end, start + stop * self.bucket_s)),
            levels={level: counts[skip:stop] for level, counts in self.levels.items()},
            patterns=tuple(replace(one, counts=_shifted(one.counts, skip)) for one in self.patterns),
            requests=tuple(_cut(one, skip, stop) for one in self.requests),
            voices=tuple(replace(one, counts=_shifted(one.counts, skip)) for one in self.voices),
        )


def _shifted(counts: Mapping[int, int], skip: int) -> dict[int, int]:
    return {bucket - skip: count for bucket, count in counts.items() if bucket >= skip}


def _cut(one: LoggedRequests, skip: int, stop: int) -> LoggedRequests:
    return replace(one, requests=one.requests[skip:stop], errors=one.errors[skip:stop], latency=one.latency[skip:stop])
