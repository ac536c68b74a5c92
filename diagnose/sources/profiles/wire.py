"""Samples of a pprof profile from wire bytes to columns, many at a time.

Two ways that agree: `columns` walks the fields of thousands of samples in lock-step with numpy, and `column_of` asks
protobuf sample by sample; the first hands what it does not understand to the second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnose.sources.profiles.varints import Odd, Step, Varints, bounded, steps, varints

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Lengths = NDArray[np.int32]
_CHUNK = 1 << 18
_AHEAD = 2
_WORTH_THREADS = 16
_LOCATION, _VALUE, _LABEL = 1, 2, 3


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """Samples side by side: location ids and values with how many each sample has, and labels as wire bytes."""

    locations: Ints
    location_counts: Ints
    values: Ints
    value_counts: Ints
    labels: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """Wire bytes of samples, one behind the other, and the length of each."""

    data: bytes
    lengths: Lengths


def block(samples: Iterable[bytes]) -> Block:
    """Samples joined."""
    wires = list(samples)
    return Block(b"".join(wires), np.fromiter(map(len, wires), dtype=np.int32, count=len(wires)))


def apart(part: Block) -> list[bytes]:
    """The samples one by one."""
    ends = np.cumsum(part.lengths, dtype=np.int64).tolist()
    return [part.data[end - size : end] for end, size in zip(ends, part.lengths.tolist(), strict=True)]


def columns(blocks: list[Block], skip: bytes = b"") -> Iterator[Columns]:
    """Columns of all samples, in chunks that the processor's cache holds. Raises ValueError on a malformed sample.

    The blocks are taken out of the list, so that each is held no longer than it is needed. Labels whose wire bytes
    begin with `skip` are left out. A few chunks are decoded ahead in threads: numpy leaves the interpreter's lock
    while it works.
    """
    blocks.reverse()
    if sum(len(part.data) for part in blocks) < _WORTH_THREADS * _CHUNK:
        yield from (_chunk(part, skip) for part in _chunks(blocks))
        return
    from concurrent.futures import Future, ThreadPoolExecutor  # only large profiles are worth its import

    with ThreadPoolExecutor(max_workers=_AHEAD) as pool:
        ahead: deque[Future[Columns]] = deque()
        for part in _chunks(blocks):
            ahead.append(pool.submit(_chunk, part, skip))
            if len(ahead) > _AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _chunks(blocks: list[Block]) -> Iterator[Block]:
    """The blocks in small parts; of each the lengths are looked at first."""
    while blocks:
        whole = blocks.pop()
        bounded(whole.lengths)
        ends = np.cumsum(whole.lengths, dtype=np.int64)
        start = begin = 0
        while start < len(ends):
            stop = max(int(np.searchsorted(ends, begin + _CHUNK, side="right")), start + 1)
            yield Block(whole.data[begin : ends[stop - 1]], whole.lengths[start:stop])
            start, begin = stop, int(ends[stop - 1])


def _chunk(part: Block, skip: bytes) -> Columns:
    try:
        return _walk(part.data, part.lengths, skip)
    except Odd:
        return column_of(apart(part), skip)


def column_of(samples: Sequence[bytes], skip: bytes = b"") -> Columns:
    """The plain way: protobuf decodes one sample after the other. Raises ValueError on a malformed sample."""
    from google.protobuf.message import DecodeError

    from diagnose.sources.profiles.pprof_pb2 import Sample

    locations: list[Any] = []
    values: list[Any] = []
    labels: list[tuple[int, bytes]] = []
    for index, wire in enumerate(samples):
        try:
            sample = Sample.FromString(wire)
        except DecodeError as error:
            raise ValueError(str(error)) from None
        locations.append(np.array(sample.location_id, dtype=np.uint64).view(np.int64))
        values.append(np.array(sample.value, dtype=np.int64))
        labels += [(index, label) for label in sample.label if label and (not skip or not label.startswith(skip))]
    return Columns(*_flat(locations), *_flat(values), tuple(labels))


def _flat(rows: list[Any]) -> tuple[Ints, Ints]:
    counts = np.array([len(row) for row in rows], dtype=np.int64)
    return (np.concatenate(rows) if rows else np.zeros(0, np.int64)), counts


def _walk(data: bytes, lengths: Lengths, skip: bytes) -> Columns:
    """All samples of a chunk at once. Raises Odd."""
    read = varints(data)
    first, limit = read.messages(lengths)
    marks = {field: np.zeros(len(read.ends) + 1, dtype=np.int8) for field in (_LOCATION, _VALUE)}
    counts = {field: np.zeros(len(lengths), dtype=np.int64) for field in marks}
    labels: list[tuple[int, bytes]] = []
    for step in steps(read, first, limit):
        for field, mark in marks.items():
            here = step.field == field
            start, stop = step.start[here], step.stop[here]
            mark[start] += 1
            mark[stop] -= 1
            counts[field][step.rows[here]] += stop - start
        labels += _labels(read, step, skip)
    labels.sort(key=lambda label: label[0])
    locations, values = (read.values[np.cumsum(mark[:-1], dtype=np.int8).view(np.bool_)] for mark in marks.values())
    return Columns(
        locations.astype(np.int64, copy=False),
        counts[_LOCATION],
        values.astype(np.int64, copy=False),
        counts[_VALUE],
        tuple(labels),
    )


def _labels(read: Varints, step: Step, skip: bytes) -> Iterator[tuple[int, bytes]]:
    at = np.flatnonzero((step.field == _LABEL) & ((step.stop > step.start) | ~step.packed))  # empty ones say nothing
    if not step.packed[at].all():
        raise Odd
    for i in at[~_begins(read, step.start[at], step.stop[at], skip)]:
        yield int(step.rows[i]), read.bytes_of(int(step.start[i]), int(step.stop[i]))


def _begins(read: Varints, start: Ints, stop: Ints, skip: bytes) -> Flags:
    """Which of the byte strings begin with the varints of `skip`."""
    wanted = varints(skip).values
    found = (stop - start >= len(wanted)) & bool(skip)
    for k, value in enumerate(wanted):
        found &= read.values[np.minimum(start + k, len(read.values) - 1)] == value
    return found
