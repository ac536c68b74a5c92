"""Samples of a pprof profile from wire bytes to columns, many at a time.

Two ways that agree: `columns` walks the fields of thousands of samples in lock-step with numpy, and `column_of` asks
protobuf sample by sample; the first hands what it does not understand to the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
_CHUNK = 4 << 20
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
    """Columns of all samples, in chunks of about 4 MB of wire bytes. Raises ValueError on a malformed sample.

    Labels whose wire bytes begin with `skip` are left out.
    """
    lengths = np.fromiter(map(len, samples), dtype=np.int64, count=len(samples))
    ends = np.cumsum(lengths)
    start = 0
    while start < len(samples):
        before = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, before + _CHUNK, side="right")), start + 1)
        part = samples[start:stop]
        yield _walk(b"".join(part), lengths[start:stop], skip) or column_of(part, skip)
        start = stop


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
    parts: list[Ints] = []
    for field in (_LOCATION, _VALUE):
        inside = np.cumsum(marks[field][:-1], dtype=np.int8).view(np.bool_)
        last = inside & (buffer < 0x80)
        done = np.concatenate(([0], np.cumsum(last, dtype=np.int64)))[ends]
        taken = buffer[inside]
        # a varint must end inside its own field: the byte before each border is a terminator
        borders = np.flatnonzero(marks[field] < 0)
        if len(borders) and (buffer[borders - 1] >= 0x80).any():
            return None
        values = _varints(taken)
        if values is None:
            return None
        parts += [values, np.diff(done, prepend=0)]
    labels.sort(key=lambda label: label[0])
    return Columns(parts[0], parts[1], parts[2], parts[3], tuple(labels))


def _varints(taken: Bytes) -> Ints | None:
    """All varints of a byte string that holds nothing else; None when one is longer than ten bytes."""
    ends = np.flatnonzero(taken < 0x80)
    if not len(ends):
        return np.zeros(0, dtype=np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts + 1
    longest = int(lengths.max())
    if longest > 10:
        return None
    value = (taken[starts] & 0x7F).astype(np.uint64)
    for k in range(1, longest):
        more = np.flatnonzero(lengths > k)
        value[more] |= (taken[starts[more] + k] & 0x7F).astype(np.uint64) << np.uint64(7 * k)
    return value.view(np.int64)
