"""Samples of a pprof profile from wire bytes to columns, many at a time.

Two ways that agree: `columns` walks the fields of thousands of samples in lock-step with numpy, and `column_of` asks
protobuf sample by sample; the first hands what it does not understand to the second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
_CHUNK = 1 << 20
_AHEAD = 2
_STEPS = 512
_LOCATION, _VALUE, _LABEL = 1, 2, 3
_VARINT, _BYTES = 0, 2


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """Samples side by side: location ids and values with how many each sample has, and labels as wire bytes."""

    locations: Ints
    location_counts: Ints
    values: Ints
    value_counts: Ints
    labels: tuple[tuple[int, bytes], ...]


def columns(samples: Sequence[bytes], skip: bytes = b"") -> Iterator[Columns]:
    """Columns of all samples, in chunks of about 1 MB of wire bytes. Raises ValueError on a malformed sample.

    Labels whose wire bytes begin with `skip` are left out. A few chunks are decoded ahead in threads: numpy leaves the
    interpreter's lock while it works.
    """
    lengths = np.fromiter(map(len, samples), dtype=np.int64, count=len(samples))
    spans = _spans(np.cumsum(lengths))
    if len(spans) < 2 * _AHEAD:
        yield from (_chunk(samples[start:stop], lengths[start:stop], skip) for start, stop in spans)
        return
    from concurrent.futures import Future, ThreadPoolExecutor  # only large profiles are worth its import

    with ThreadPoolExecutor(max_workers=_AHEAD) as pool:
        ahead: deque[Future[Columns]] = deque()
        for start, stop in spans:
            ahead.append(pool.submit(_chunk, samples[start:stop], lengths[start:stop], skip))
            if len(ahead) > _AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _spans(ends: Ints) -> list[tuple[int, int]]:
    """Ranges of samples of about a chunk each, at least one sample."""
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(ends):
        before = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, before + _CHUNK, side="right")), start + 1)
        spans.append((start, stop))
        start = stop
    return spans


def _chunk(part: Sequence[bytes], lengths: Ints, skip: bytes) -> Columns:
    return _walk(b"".join(part), lengths, skip) or column_of(part, skip)


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
        labels += [(index, label) for label in sample.label if not skip or not label.startswith(skip)]
    return Columns(*_flat(locations), *_flat(values), tuple(labels))


def _flat(rows: list[Any]) -> tuple[Ints, Ints]:
    counts = np.array([len(row) for row in rows], dtype=np.int64)
    return (np.concatenate(rows) if rows else np.zeros(0, np.int64)), counts


def _walk(data: bytes, lengths: Ints, skip: bytes) -> Columns | None:
    """Lock-step walk: each step reads one field of every sample that has one left. None: ask protobuf instead."""
    buffer = np.frombuffer(data + bytes(16), dtype=np.uint8)
    ends = np.cumsum(lengths)
    at, limit, index = ends - lengths, ends, np.arange(len(lengths))
    marks = {field: np.zeros(len(data) + 1, dtype=np.int8) for field in (_LOCATION, _VALUE)}
    labels: list[tuple[int, bytes]] = []
    for _ in range(_STEPS):
        alive = at < limit
        if not alive.all():
            at, limit, index = at[alive], limit[alive], index[alive]
        if not len(at):
            return _collect(buffer[: len(data)], ends, marks, labels)
        tag = buffer[at]
        step = _step(buffer, at, tag)
        if step is None or (step[1] > limit).any():
            return None
        start, stop = step
        for field, mark in marks.items():
            here = (tag >> 3) == field
            mark[start[here]] += 1
            mark[stop[here]] -= 1
        kept = _kept(buffer, start, np.flatnonzero(tag >> 3 == _LABEL), skip)
        labels += [(int(index[i]), data[int(start[i]) : int(stop[i])]) for i in kept]
        at = stop
    return None


def _kept(buffer: Bytes, start: Ints, labels: Ints, skip: bytes) -> Ints:
    if not skip or not len(labels):
        return labels
    window = np.minimum(start[labels][:, None] + np.arange(len(skip)), len(buffer) - 1)
    kept: Ints = labels[(buffer[window] != np.frombuffer(skip, np.uint8)).any(axis=1)]
    return kept


def _step(buffer: Bytes, at: Ints, tag: Bytes) -> tuple[Ints, Ints] | None:
    """Where the varints or bytes of the field at `at` begin and end; None for what only protobuf may judge."""
    kind, field = tag & 7, tag >> 3
    packed = kind == _BYTES
    if (tag >= 0x80).any() or (field == 0).any() or not (packed | (kind == _VARINT)).all():
        return None
    if ((field == _LABEL) & ~packed).any():
        return None
    length, after = varint(buffer, at + 1)
    if length is None or (length[packed] < 0).any():
        return None
    start = np.where(packed, after, at + 1)
    stop = np.where(packed, after + length, after)
    return start, stop


def varint(buffer: Bytes, at: Ints) -> tuple[Ints | None, Ints]:
    """The varints that begin at `at` and where they end; None instead of values when one is too long."""
    value = (buffer[at] & 0x7F).astype(np.int64)
    after = at + 1
    more = np.flatnonzero(buffer[at] >= 0x80)
    for shift in range(7, 70, 7):
        if not len(more):
            return value, after
        byte = buffer[np.minimum(after[more], len(buffer) - 1)]
        value[more] |= (byte & 0x7F).astype(np.int64) << min(shift, 63)
        after[more] += 1
        more = more[byte >= 0x80]
    return (None if len(more) else value), after


def _collect(buffer: Bytes, ends: Ints, marks: dict[int, Any], labels: list[tuple[int, bytes]]) -> Columns | None:
    parts: list[Any] = []
    for field in (_LOCATION, _VALUE):
        mark = marks[field]
        # a varint must end inside its own field: the byte before each border is a terminator
        borders = np.flatnonzero(mark[1:] < 0)
        if (buffer[borders] >= 0x80).any():
            return None
        inside = np.cumsum(mark[:-1], dtype=np.int8).view(np.bool_)
        values = _varints(buffer[inside])
        if values is None:
            return None
        inside &= buffer < 0x80
        parts += [values, _counts(inside, ends)]
    labels.sort(key=lambda label: label[0])
    return Columns(parts[0], parts[1], parts[2], parts[3], tuple(labels))


def _counts(flags: NDArray[np.bool_], ends: Ints) -> Ints:
    """How many flags are set in each of the ranges that lie one behind the other."""
    counts = np.zeros(len(ends), dtype=np.int64)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1]))
    filled = ends > starts
    if filled.any():
        counts[filled] = np.add.reduceat(flags, starts[filled], dtype=np.int64)
    return counts


def _varints(taken: Bytes) -> Ints | None:
    """All varints of a byte string that holds nothing else; None when one is longer than ten bytes.

    The last byte holds the highest bits, so each value is gathered from its end, in as many steps as the longest one
    has bytes.
    """
    ends = np.flatnonzero(taken < 0x80)
    if not len(ends):
        return np.zeros(0, dtype=np.int64)
    longest = int(np.diff(ends, prepend=-1).max())
    if longest > 10:
        return None
    kind: type[np.unsignedinteger[Any]] = np.uint32 if longest <= 4 else np.uint64
    value: NDArray[np.unsignedinteger[Any]] = taken[ends].astype(kind)
    open_ = np.ones(len(ends), dtype=np.bool_)
    padded = np.concatenate((np.zeros(longest, dtype=np.uint8), taken))
    for k in range(1, longest):
        byte = padded[ends + (longest - k)]
        open_ &= byte >= 0x80
        value = np.where(open_, np.left_shift(value, kind(7)) | (byte & 0x7F), value)
    return value.astype(np.int64) if longest <= 4 else value.view(np.int64)
