"""Flat and cumulative values by function, equal to what `go tool pprof -top` counts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from diagnose.errors import UsageError
from diagnose.signals.profile import Frame, Profile

Ints = NDArray[np.int64]
_CELLS = 1 << 18
_EXACT = 1 << 53


@dataclass(frozen=True, slots=True)
class Function:
    """One function: `flat` is spent in itself, `cum` in it and what it calls; file and line where it is seen first."""

    name: str
    file: str
    line: int
    flat: int
    cum: int


@dataclass(frozen=True, slots=True)
class Table:
    """All functions of one sample type, largest absolute flat first, then cum, then by name."""

    sample_type: str
    unit: str
    total: int
    duration_s: float | None
    functions: tuple[Function, ...]


def table(profile: Profile, sample_type: str | None = None) -> Table:
    """The functions of a profile. Raises UsageError for a sample type that the profile does not have."""
    column = type_index(profile, sample_type)
    names, group = _names(profile.frames)
    values = np.ascontiguousarray(profile.values[:, column])
    flat, cum = sums(profile, group, len(names), values)
    item = profile.sample_types[column]
    total = int(np.abs(values).sum())
    rows = _rows(names, {name: (int(flat[i]), int(cum[i])) for i, name in enumerate(names)})
    return Table(item.type, item.unit, total, profile.duration_s, rows)


def diff(base: Profile, profile: Profile, sample_type: str | None = None) -> Table:
    """Signed differences `profile - base` by function; the total is that of the base, as pprof counts shares."""
    before, after = table(base, sample_type), table(profile, sample_type)
    if before.sample_type != after.sample_type:
        before = table(base, after.sample_type)
    names: dict[str, Function] = {function.name: function for function in (*before.functions, *after.functions)}
    values = {name: [0, 0] for name in names}
    for sign, side in ((-1, before), (1, after)):
        for function in side.functions:
            values[function.name][0] += sign * function.flat
            values[function.name][1] += sign * function.cum
    rows = _rows(names, {name: (flat, cum) for name, (flat, cum) in values.items()})
    return Table(after.sample_type, after.unit, before.total, after.duration_s, rows)


def type_index(profile: Profile, sample_type: str | None) -> int:
    """Column of a sample type by name, or the producer's default. Raises UsageError."""
    if not profile.sample_types:
        raise UsageError(f"{profile.source}: the profile has no sample types")
    if sample_type is None:
        return profile.default_type
    known = [item.type for item in profile.sample_types]
    for name in (sample_type, sample_type.removeprefix("total_")):
        if name in known:
            return known.index(name)
    raise UsageError(f"{profile.source}: no sample type {sample_type!r}; it has {', '.join(known)}")


def typed(profile: Profile, sample_type: str | None) -> Profile:
    """The same profile with this sample type as its default. Raises UsageError."""
    return replace(profile, default_type=type_index(profile, sample_type))


def sums(profile: Profile, group: Ints, groups: int, values: Ints) -> tuple[Ints, Ints]:
    """Flat and cum by group of frames; a group that a stack enters twice counts once in cum."""
    flat = np.zeros(groups, np.int64)
    cum = np.zeros(groups, np.int64)
    counts = np.diff(profile.stack_offsets)
    filled = counts > 0
    if not filled.any():
        return flat, cum
    leaves = group[profile.stack_frames[profile.stack_offsets[:-1][filled]]]
    np.add.at(flat, leaves, values[filled])
    exact = int(np.abs(values).sum()) < _EXACT
    for keys, weights in _once(profile, group, groups, values):
        if exact:
            cum += np.bincount(keys, weights, groups).astype(np.int64)
        else:
            np.add.at(cum, keys, weights)
    return flat, cum


def _once(profile: Profile, group: Ints, groups: int, values: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Each (sample, group) once, as group and value, some samples at a time.

    Of equal keys the last writer into a small table wins; the table fits the processor's cache, so this beats sorting.
    """
    rows = max(_CELLS // max(groups, 1), 16)
    last = np.zeros(rows * groups, dtype=np.int32)
    offsets = profile.stack_offsets
    for start in range(0, profile.samples, rows):
        stop = min(start + rows, profile.samples)
        frames = profile.stack_frames[offsets[start] : offsets[stop]]
        counts = np.diff(offsets[start : stop + 1])
        sample = np.repeat(np.arange(stop - start), counts)
        found = group[frames]
        key = sample * groups + found
        order = np.arange(len(key), dtype=np.int32)
        last[key] = order
        keep = last[key] == order
        yield found[keep], values[start:stop][sample[keep]]


def _names(frames: tuple[Frame, ...]) -> tuple[dict[str, Frame], Ints]:
    """Printable names with the frame each is first seen in, and the name's index of every frame."""
    names = [frame.function or printable(frame) for frame in frames]
    first = dict.fromkeys(names, Frame(""))
    index = {name: i for i, name in enumerate(first)}
    first.update(zip(reversed(names), reversed(frames), strict=True))  # of equal names the first frame is written last
    return first, np.fromiter(map(index.__getitem__, names), dtype=np.int64, count=len(names))


def printable(frame: Frame) -> str:
    """The function's name, else the binary in brackets, else `<unknown>`, as pprof prints it."""
    if frame.function:
        return frame.function
    return f"[{posixpath.basename(frame.mapping)}]" if frame.mapping else "<unknown>"


def _rows(where: dict[str, Frame] | dict[str, Function], values: dict[str, tuple[int, int]]) -> tuple[Function, ...]:
    rows = [
        Function(name, where[name].file, where[name].line, flat, cum)
        for name, (flat, cum) in values.items()
        if flat or cum
    ]
    return tuple(sorted(rows, key=lambda row: (-abs(row.flat), -abs(row.cum), row.name)))
