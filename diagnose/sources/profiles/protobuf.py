"""pprof profiles in protobuf, of any producer, to columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.profile import Profile, ProfileKind, SampleType
from diagnose.sources.profiles.kinds import kind_of, producer_of
from diagnose.sources.profiles.pieces import Parsed, parsed
from diagnose.sources.profiles.tables import Lines, Tables, tables
from diagnose.sources.profiles.wire import Block, Columns, columns

Ints = NDArray[np.int64]


def parse(data: bytes) -> Parsed:
    """Plain (not compressed) wire bytes. Raises ValueError when they are none."""
    from google.protobuf.message import DecodeError

    try:
        return parsed(data)
    except DecodeError as error:
        raise ValueError(str(error)) from None


def begins(data: bytes) -> bool:
    """Whether the first field is a type of samples or of the period, as every known producer begins.

    What follows may yet be broken, but no text begins like this.
    """
    return len(data) > 4 and data[0] in (0x0A, 0x5A) and data[1] <= 24 and data[2] in (0x08, 0x10)


def profile_of(found: Parsed, source: str) -> Profile:
    """The profile in what was parsed, which gives its samples away.

    Raises ValueError when its parts are broken or contradict each other.
    """
    from google.protobuf.message import DecodeError

    try:
        return _profile(found, source)
    except DecodeError as error:
        raise ValueError(str(error)) from None


_TABLE = 1 << 23
_MOST = {"sample_type": 1 << 10, "mapping": 1 << 16, "location": _TABLE, "function": _TABLE, "string_table": _TABLE}
"""How many entries a table may have: a few bytes of a bomb make millions, each of which takes a hundred in memory."""


def _bounded(envelope: Any) -> None:
    for name, most in _MOST.items():
        if len(getattr(envelope, name)) > most:
            raise ValueError(f"{len(getattr(envelope, name))} entries of {name}, more than any program has")


def _profile(found: Parsed, source: str) -> Profile:
    envelope = found.envelope
    _bounded(envelope)
    known = tables(envelope)
    types = tuple(SampleType(known.text(item.type), known.text(item.unit)) for item in envelope.sample_type)
    if not types and any(len(block.lengths) for block in found.blocks):
        raise ValueError("missing sample type information")
    offsets, frames, values, labels = _samples(found.blocks, known, width=len(types))
    default = known.text(envelope.default_sample_type)
    profile = Profile(
        kind=ProfileKind.OTHER,
        sample_types=types,
        default_type=_default(types, default),
        frames=known.frames,
        stack_offsets=offsets,
        stack_frames=frames,
        values=values,
        labels=labels,
        taken_at=envelope.time_nanos / 1e9 if envelope.time_nanos > 0 else None,
        duration_s=envelope.duration_nanos / 1e9 if envelope.duration_nanos > 0 else None,
        period=envelope.period,
        producer=producer_of(known.frames),
        source=source,
    )
    return replace(profile, kind=kind_of(profile))


def _default(types: tuple[SampleType, ...], name: str) -> int:
    """The type that the producer names, else the last one, as pprof chooses."""
    return next((i for i, item in enumerate(types) if name and item.type == name), max(len(types) - 1, 0))


_INLINED = 4  # frames for each byte of a sample: a location takes a byte at least, and stands for a few inlined calls
_FEW = 1 << 24  # frames are never too many
_LABELS, _LABELS_EACH = 1 << 22, 4


class _Stacks:
    """An array that grows: what is reserved but not yet written takes no memory, and nothing is held twice."""

    def __init__(self, capacity: int, kind: np.dtype[Any]) -> None:
        self._room: Lines = np.empty(max(capacity, 1), dtype=kind)
        self._most = _INLINED * capacity + _FEW
        self._used = 0

    def append(self, part: Lines) -> None:
        needed = self._used + len(part)
        if needed > self._most:
            raise ValueError("its stacks unfold to far more frames than any program has")
        if needed > len(self._room):
            room = np.empty(2 * needed, dtype=self._room.dtype)
            room[: self._used] = self._room[: self._used]
            self._room = room
        self._room[self._used : needed] = part
        self._used = needed

    def done(self) -> Lines:
        return self._room[: self._used]


@dataclass(slots=True)
class _Parts:
    """What the chunks of samples have given so far; `offsets` and `values` are as long as they will be."""

    stacks: _Stacks
    offsets: Ints
    values: Ints
    labels: list[tuple[int, bytes]]
    samples: int = 0


def _samples(blocks: list[Block], known: Tables, *, width: int) -> tuple[Ints, Any, Ints, Any]:
    number = sum(len(block.lengths) for block in blocks)
    room = _Stacks(sum(len(block.data) for block in blocks), known.lines.dtype)  # a frame takes a byte at least
    parts = _Parts(room, np.zeros(number + 1, np.int64), np.empty((number, width), np.int64), [])
    for chunk in columns(blocks, known.size_label):
        _add(parts, chunk, known, width)
    np.cumsum(parts.offsets, out=parts.offsets)
    return parts.offsets, room.done(), parts.values, _labels(parts, known)


def _add(parts: _Parts, chunk: Columns, known: Tables, width: int) -> None:
    if (chunk.value_counts != width).any():
        wrong = int(chunk.value_counts[chunk.value_counts != width][0])
        raise ValueError(f"a sample has {wrong} values where {width} types are declared")
    stacks, counts = known.expand(chunk.locations, chunk.location_counts)
    start, stop = parts.samples, parts.samples + len(counts)
    parts.stacks.append(stacks)
    parts.offsets[start + 1 : stop + 1] = counts
    parts.values[start:stop] = chunk.values.reshape(-1, width)
    parts.labels += [(index + start, wire) for index, wire in chunk.labels]
    if len(parts.labels) > _LABELS + _LABELS_EACH * stop:
        raise ValueError("far more labels than any program sets")
    parts.samples = stop


def _labels(parts: _Parts, known: Tables) -> tuple[tuple[tuple[str, str], ...], ...]:
    if not parts.labels:
        return ()
    seen: dict[bytes, tuple[str, str]] = {}
    rows: list[list[tuple[str, str]]] = [[] for _ in range(parts.samples)]
    for index, wire in parts.labels:
        if wire not in seen:
            seen[wire] = known.label(wire)
        rows[index].append(seen[wire])
    return tuple(tuple(row) for row in rows)
