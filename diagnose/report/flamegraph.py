"""Call trees for the flame graph: many stacks become one small tree, in numpy, level by level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.profiles.own import own_code
from diagnose.checks.profiles.pairs import progress
from diagnose.checks.profiles.top import printable
from diagnose.report import hot, model, units, wording
from diagnose.report.book import Book, profile_of
from diagnose.report.text import line
from diagnose.signals.events import IntArray
from diagnose.signals.profile import Profile, ProfileKind

NODES = 2500
DEPTH = 160
FLOOR = 5e-4


@dataclass(frozen=True, eq=False, slots=True)
class Stacks:
    """Stacks of one or two profiles, leaf first, by function: column 0 of `values` is now, column 1 before."""

    names: tuple[str, ...]
    offsets: IntArray
    functions: IntArray
    values: NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Level:
    """The calls of one depth: the function of each, its caller's index in the level above, its values."""

    functions: IntArray
    callers: IntArray
    values: NDArray[np.float64]


def pair(book: Book) -> tuple[int, int | None] | None:
    """The profile that answers best, by the strongest evidence that cites one, and the one to compare it with."""
    cited = sorted(book.diagnosis.evidence, key=lambda found: -found.strength)
    supports = set(book.diagnosis.causes[0].evidence_for) if book.diagnosis.causes else set()
    for found in sorted(cited, key=lambda observation: observation.id not in supports):
        profile = profile_of(book.evidence, found.ref)
        if profile and profile[1].samples:
            return profile[0], base_of(book, profile[0])
    return None


def base_of(book: Book, index: int) -> int | None:
    """The latest profile of the same kind from before the onset, else the earliest before this one."""
    profiles = book.evidence.profiles
    earlier = [i for i, other in enumerate(profiles) if i != index and _alike(other, profiles[index])]
    earlier = [i for i in earlier if _before(book, i, index)]
    onset = book.diagnosis.onset
    calm = [i for i in earlier if onset is not None and profiles[i].taken_at is not None and _taken(book, i)[0] < onset]
    return (
        max(calm, key=lambda i: _taken(book, i)) if calm else min(earlier, key=lambda i: _taken(book, i), default=None)
    )


def _alike(one: Profile, other: Profile) -> bool:
    """Whether two profiles measure the same in the same form: a text dump leaves out frames that a binary one has."""
    return (
        one.kind is other.kind
        and one.sample_types == other.sample_types
        and bool(one.labels) == bool(other.labels)
        and one.samples > 0
    )


def _before(book: Book, one: int, other: int) -> bool:
    """Whether one was taken before the other; what is a second apart was taken together."""
    times = [book.evidence.profiles[i].taken_at for i in (one, other)]
    if times[0] is not None and times[1] is not None:
        return times[0] < times[1] - 1.0
    return _taken(book, one) < _taken(book, other)


def _taken(book: Book, index: int) -> tuple[float, float, int]:
    profile = book.evidence.profiles[index]
    return (profile.taken_at if profile.taken_at is not None else float("-inf"), progress(profile), index)


def flame(book: Book, chosen: tuple[int, int | None]) -> model.Flame:
    """The call tree of the chosen profile, beside its base when there is one."""
    profile = book.evidence.profiles[chosen[0]]
    base = book.evidence.profiles[chosen[1]] if chosen[1] is not None else None
    stacks = _stacks(profile, base)
    total = stacks.values.sum(axis=0)
    tree, names, left_out = _tree(stacks, total)
    unit = profile.sample_types[profile.default_type].unit if profile.sample_types else ""
    culprit = book.diagnosis.verdict.culprit
    return model.Flame(
        title=wording.PROFILES[profile.kind.value],
        unit=line(unit, 40),
        total=int(total[0]),
        total_before=int(total[1]),
        total_text=units.quantity(float(total[0]), unit),
        before_text=units.quantity(float(total[1]), unit) if base else "",
        source=_label(profile),
        base=_label(base) if base else "",
        cut=f"{left_out:,} {'call' if left_out == 1 else 'calls'} too small to see left out" if left_out else "",
        culprit=line(culprit.name, hot.NAME) if culprit else "",
        relative=profile.kind is ProfileKind.CPU,
        names=names,
        own=_own(names, profile, base),
        nodes=tree,
        hot=hot.hottest(profile, base),
    )


def _own(names: tuple[str, ...], profile: Profile, base: Profile | None) -> tuple[int, ...]:
    both = [one for one in (profile, base) if one]
    own = own_code(both)
    ours = {line(printable(frame), hot.NAME) for one in both for frame in one.frames if own(frame)}
    return tuple(i for i, name in enumerate(names) if name in ours)


def _label(profile: Profile) -> str:
    name = line(profile.source.rpartition("/")[2], 120)
    return f"{name}, {units.clock(profile.taken_at)} UTC" if profile.taken_at is not None else name


def _stacks(profile: Profile, base: Profile | None) -> Stacks:
    both = [profile] if base is None else [profile, base]
    names: dict[str, int] = {}
    functions, offsets, values = [], [np.zeros(1, dtype=np.int64)], []
    start = 0
    for column, one in enumerate(both):
        ids = np.array([names.setdefault(printable(frame), len(names)) for frame in one.frames], dtype=np.int64)
        functions.append(ids[one.stack_frames] if len(ids) else np.zeros(0, dtype=np.int64))
        offsets.append(one.stack_offsets[1:].astype(np.int64) + start)
        start += len(functions[-1])
        part = np.zeros((one.samples, 2))
        if one.values.ndim == 2 and one.values.shape[1]:
            part[:, column] = np.maximum(one.values[:, min(one.default_type, one.values.shape[1] - 1)], 0)
        values.append(part)
    return Stacks(tuple(names), np.concatenate(offsets), np.concatenate(functions), np.concatenate(values))


def _tree(
    stacks: Stacks, total: NDArray[np.float64]
) -> tuple[tuple[tuple[int, int, int, int], ...], tuple[str, ...], int]:
    """Preorder nodes, the names they use, and how many calls were too small."""
    levels, left_out = _levels(stacks, total)
    children: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for depth, level in enumerate(levels):
        for i, (function, caller) in enumerate(zip(level.functions.tolist(), level.callers.tolist(), strict=True)):
            children.setdefault((depth, caller), []).append((stacks.names[function], i))
    names: dict[str, int] = {}
    nodes: list[tuple[int, int, int, int]] = []
    waiting = [(0, name, i) for name, i in sorted(children.get((0, 0), []), reverse=True)]
    while waiting:
        depth, name, i = waiting.pop()
        after, before = levels[depth].values[i]
        nodes.append((depth, int(after), int(before), names.setdefault(line(name, hot.NAME), len(names))))
        waiting += [(depth + 1, child, j) for child, j in sorted(children.get((depth + 1, i), []), reverse=True)]
    return tuple(nodes), tuple(names), left_out


def _levels(stacks: Stacks, total: NDArray[np.float64]) -> tuple[list[Level], int]:
    """Root first; a call stays when its share now or before is large enough, so a kept call's caller is kept too."""
    share = np.divide(stacks.values, np.where(total > 0, total, 1.0)).max(axis=1)
    alive = np.flatnonzero((np.diff(stacks.offsets) > 0) & (share > 0))
    at = np.zeros(len(stacks.offsets) - 1, dtype=np.int64)
    levels: list[Level] = []
    left_out, room = 0, NODES
    while len(alive) and len(levels) < DEPTH and room > 0:
        functions = stacks.functions[stacks.offsets[alive + 1] - 1 - len(levels)]
        keys, which = np.unique(at[alive] * len(stacks.names) + functions, return_inverse=True)
        values = np.zeros((len(keys), 2))
        np.add.at(values, which, stacks.values[alive])
        weight = np.divide(values, np.where(total > 0, total, 1.0)).max(axis=1)
        keep = np.sort(np.argsort(-weight, kind="stable")[: min(room, int((weight >= FLOOR).sum()))])
        left_out, room = left_out + len(keys) - len(keep), room - len(keep)
        levels.append(Level(keys[keep] % len(stacks.names), keys[keep] // len(stacks.names), values[keep]))
        new = np.full(len(keys), -1, dtype=np.int64)
        new[keep] = np.arange(len(keep))
        at[alive] = new[which]
        longer = stacks.offsets[alive + 1] - stacks.offsets[alive] > len(levels)
        alive = alive[(at[alive] >= 0) & longer]
    return levels, left_out
