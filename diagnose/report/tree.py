"""Stacks merged into one small call tree, in numpy, level by level from the root."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.profiles.top import printable
from diagnose.signals.events import IntArray
from diagnose.signals.profile import Profile

NODES = 2000
DEPTH = 160
FLOOR = 5e-4

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Call:
    """A function called from the call above it: values now and before."""

    depth: int
    function: str
    value: int
    before: int


@dataclass(frozen=True, slots=True)
class Tree:
    """Calls in preorder, callees by name; totals now and before; `left_out` calls were too small."""

    calls: tuple[Call, ...]
    total: int
    before: int
    left_out: int


@dataclass(eq=False, slots=True)
class _Side:
    """One profile on its way down: which samples are still open and at which call of the level above each stands."""

    profile: Profile
    functions: IntArray
    values: Floats
    open: IntArray
    at: IntArray


@dataclass(frozen=True, eq=False, slots=True)
class _Level:
    functions: IntArray
    callers: IntArray
    values: Floats


def grow(profile: Profile, base: Profile | None) -> Tree:
    """The calls that hold at least FLOOR of a total, at most NODES of them and DEPTH deep; values are exact.

    A call's caller holds no less than the call, so a kept call's caller is kept.
    """
    names: dict[str, int] = {}
    sides = [_side(one, names) for one in (profile, base) if one is not None]
    totals = np.array([side.values.sum() for side in sides])
    levels: list[_Level] = []
    room, left_out = NODES, 0
    while room > 0 and len(levels) < DEPTH and any(len(side.open) for side in sides):
        level, dropped = _next(sides, totals, depth=len(levels), names=len(names), room=room)
        levels.append(level)
        room, left_out = room - len(level.functions), left_out + dropped
    total, before = (int(totals[i]) if i < len(totals) else 0 for i in (0, 1))
    return Tree(_preorder(levels, tuple(names)), total, before, left_out)


def _side(profile: Profile, names: dict[str, int]) -> _Side:
    ids = np.array([names.setdefault(printable(frame), len(names)) for frame in profile.frames], dtype=np.int64)
    values = np.zeros(profile.samples)
    if profile.values.ndim == 2 and profile.values.shape[1]:
        values = np.maximum(profile.values[:, min(profile.default_type, profile.values.shape[1] - 1)], 0).astype(float)
    filled = np.flatnonzero((np.diff(profile.stack_offsets) > 0) & (values > 0))
    return _Side(profile, ids, values, filled, np.zeros(len(filled), dtype=np.int64))


def _next(sides: list[_Side], totals: Floats, *, depth: int, names: int, room: int) -> tuple[_Level, int]:
    """One level down: the calls that are kept, and how many are not; the sides move on."""
    keys, which = _distinct(np.concatenate([_keys(side, depth, names) for side in sides]))
    parts = np.split(which, np.cumsum([len(side.open) for side in sides])[:-1])
    values = np.zeros((len(keys), 2))
    for k, (side, part) in enumerate(zip(sides, parts, strict=True)):
        values[:, k] = np.bincount(part, side.values[side.open], len(keys))
    share = (values[:, : len(sides)] / np.where(totals > 0, totals, 1.0)).max(axis=1)
    keep = np.sort(np.argsort(-share, kind="stable")[: min(room, int((share >= FLOOR).sum()))])
    place = np.full(len(keys), -1, dtype=np.int64)
    place[keep] = np.arange(len(keep))
    for side, part in zip(sides, parts, strict=True):
        _descend(side, place[part], depth)
    return _Level(keys[keep] % names, keys[keep] // names, values[keep]), len(keys) - len(keep)


def _keys(side: _Side, depth: int, names: int) -> IntArray:
    frames = side.profile.stack_frames[side.profile.stack_offsets[side.open + 1] - 1 - depth]
    return side.at * names + side.functions[frames]


def _distinct(keys: IntArray) -> tuple[IntArray, IntArray]:
    """The keys in order, each once, and where each stands among them; counted where that is cheaper than sorting."""
    if int(keys.max(initial=0)) > 8 * len(keys):
        found, which = np.unique(keys, return_inverse=True)
        return found, which
    found = np.flatnonzero(np.bincount(keys))
    place = np.zeros(len(keys) and int(found[-1]) + 1, dtype=np.int64)
    place[found] = np.arange(len(found))
    return found, place[keys]


def _descend(side: _Side, at: IntArray, depth: int) -> None:
    lengths = side.profile.stack_offsets[side.open + 1] - side.profile.stack_offsets[side.open]
    stay = (at >= 0) & (lengths > depth + 1)
    side.open, side.at = side.open[stay], at[stay]


def _preorder(levels: list[_Level], names: tuple[str, ...]) -> tuple[Call, ...]:
    below: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for depth, level in enumerate(levels):
        for i, (function, caller) in enumerate(zip(level.functions.tolist(), level.callers.tolist(), strict=True)):
            below.setdefault((depth, caller), []).append((names[function], i))
    calls: list[Call] = []
    waiting = [(0, name, i) for name, i in sorted(below.get((0, 0), []), reverse=True)]
    while waiting:
        depth, name, i = waiting.pop()
        value, before = levels[depth].values[i].tolist()
        calls.append(Call(depth, name, int(value), int(before)))
        waiting += [(depth + 1, callee, j) for callee, j in sorted(below.get((depth + 1, i), []), reverse=True)]
    return tuple(calls)
