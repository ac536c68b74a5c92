"""Which functions of a profile hold most: what a stack holds is laid to the own code nearest to its leaf."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from diagnose.checks.profiles.locate import place
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.checks.profiles.top import printable
from diagnose.report import pictures, units
from diagnose.report.text import line
from diagnose.signals.events import IntArray
from diagnose.signals.profile import Frame, Profile, ProfileKind

SHOWN = 6
NAME = 160
CROWDS = (ProfileKind.GOROUTINE, ProfileKind.GOROUTINE_LEAK, ProfileKind.THREADS)
MACHINERY = ("runtime.", "sync.", "internal/", "java.lang.", "java.util.concurrent.", "jdk.internal.", "sun.misc.")


def hottest(profile: Profile, base: Profile | None) -> tuple[pictures.Hot, ...]:
    """The functions that hold most, those that grew most first where there is a base."""
    own = own_code([one for one in (profile, base) if one])
    places: dict[str, Frame] = {}
    after = _held(profile, own, places)
    before = _held(base, own, places) if base else {}
    order = sorted(after, key=lambda name: (before.get(name, 0) - after[name], -after[name], name))
    unit = profile.sample_types[profile.default_type].unit if profile.sample_types else ""
    total = sum(after.values()) or 1
    return tuple(
        pictures.Hot(
            function=line(name, NAME),
            location=line(place(places[name]), 200),
            share=round(after[name] / total, 4),
            value=units.quantity(after[name], unit),
            before=units.quantity(before.get(name, 0), unit) if base else "",
        )
        for name in order[:SHOWN]
        if after[name] > 0
    )


def blamed(frames: Sequence[Frame], own: OwnCode) -> Frame | None:
    """The frame of a waiting stack (leaf first) that a reader wants to see: own code, else what it was started for."""
    outside = [frame for frame in frames if not frame.function.startswith(MACHINERY)]
    return own.first(frames) or next(iter((outside or list(frames))[-1:]), None)


def _held(profile: Profile, own: OwnCode, places: dict[str, Frame]) -> dict[str, int]:
    """Value by function, each stack laid to its blamed frame."""
    filled = np.flatnonzero(np.diff(profile.stack_offsets))
    if not len(filled) or profile.values.ndim != 2 or not profile.values.shape[1]:
        return {}
    chosen = _nearest(profile, filled, own, leaf=True)
    open_ = np.flatnonzero(chosen < 0)
    chosen[open_] = _nearest(profile, filled[open_], _outside, leaf=profile.kind not in CROWDS)
    chosen = np.where(chosen >= 0, chosen, profile.stack_frames[profile.stack_offsets[filled]])
    sums = np.bincount(chosen, np.maximum(profile.values[filled, profile.default_type], 0), len(profile.frames))
    held: dict[str, int] = {}
    for i in np.flatnonzero(sums).tolist():
        name = printable(profile.frames[i])
        held[name] = held.get(name, 0) + int(sums[i])
        places.setdefault(name, profile.frames[i])
    return held


def _outside(frame: Frame) -> bool:
    return not frame.function.startswith(MACHINERY)


def _nearest(profile: Profile, samples: IntArray, wanted: Callable[[Frame], bool], *, leaf: bool) -> IntArray:
    """For each of the samples the index of its wanted frame nearest to the leaf or the root, -1 where none is.

    Goes level by level and asks of each frame once, and only of frames that some sample has not passed.
    """
    starts, ends = profile.stack_offsets[samples], profile.stack_offsets[samples + 1]
    known = np.full(len(profile.frames), -1, dtype=np.int8)
    found = np.full(len(samples), -1, dtype=np.int64)
    waiting = np.flatnonzero(ends > starts)
    level = 0
    while len(waiting):
        frames = profile.stack_frames[starts[waiting] + level if leaf else ends[waiting] - 1 - level]
        for i in np.unique(frames[known[frames] < 0]).tolist():
            known[i] = wanted(profile.frames[i])
        hit = known[frames] == 1
        found[waiting[hit]] = frames[hit]
        level += 1
        waiting = waiting[~hit & (ends[waiting] - starts[waiting] > level)]
    return found
