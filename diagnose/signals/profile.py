"""Profiles as plain data: stacks with values, in columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


class ProfileKind(StrEnum):
    """What a profile measures, told from its sample types and frames, never from its name."""

    HEAP = "heap"
    ALLOCS = "allocs"
    CPU = "cpu"
    GOROUTINE = "goroutine"
    GOROUTINE_LEAK = "goroutineleak"  # those that the runtime found to be unreachable for ever
    MUTEX = "mutex"
    BLOCK = "block"
    THREADCREATE = "threadcreate"
    THREADS = "threads"  # a JVM thread dump
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SampleType:
    """One column of values, such as inuse_space in bytes."""

    type: str
    unit: str


class Frame(NamedTuple):
    """One line of code in a stack; `line` is 0 and `file` empty where the producer does not say.

    A tuple, because a profile has tens of thousands and they are made four times faster than instances of a dataclass.
    """

    function: str
    file: str = ""
    line: int = 0
    mapping: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Profile:
    """Samples in columns, each with its stack, leaf first.

    Stack i is `frames[stack_frames[j]]` for j from stack_offsets[i] up to stack_offsets[i + 1].
    Inlined frames are expanded. `values` has one row a sample and one column a sample type.
    `labels` is empty, or has one tuple of (key, value) a sample; goroutine and thread dumps put `state`,
    `wait_s`, `creator`, `name`, `lock`, `holds` there. `taken_at` is Unix seconds, None when the content does not say.
    """

    kind: ProfileKind
    sample_types: tuple[SampleType, ...]
    default_type: int
    frames: tuple[Frame, ...]
    stack_offsets: IntArray
    stack_frames: IntArray
    values: IntArray
    labels: tuple[tuple[tuple[str, str], ...], ...] = ()
    taken_at: float | None = None
    duration_s: float | None = None
    period: int = 0
    producer: str = ""
    source: str = ""
    raw: bytes = b""

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(self.stack_offsets) - 1

    def stack(self, sample: int) -> tuple[Frame, ...]:
        """The frames of one sample, leaf first."""
        start, end = self.stack_offsets[sample], self.stack_offsets[sample + 1]
        return tuple(self.frames[i] for i in self.stack_frames[start:end])
