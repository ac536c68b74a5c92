"""Which functions of a profile hold most: what a stack holds is laid to the own code nearest to its leaf."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.profiles.locate import first_where, place
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.checks.profiles.top import printable
from diagnose.report import model, units
from diagnose.report.text import line
from diagnose.signals.profile import Frame, Profile, ProfileKind

SHOWN = 6
NAME = 160
CROWDS = (ProfileKind.GOROUTINE, ProfileKind.THREADS)
MACHINERY = ("runtime.", "sync.", "internal/", "java.lang.", "java.util.concurrent.", "jdk.internal.", "sun.misc.")


def hottest(profile: Profile, base: Profile | None) -> tuple[model.Hot, ...]:
    """The functions that hold most, those that grew most first where there is a base."""
    own = own_code([one for one in (profile, base) if one])
    places: dict[str, Frame] = {}
    after = _held(profile, own, places)
    before = _held(base, own, places) if base else {}
    order = sorted(after, key=lambda name: (before.get(name, 0) - after[name], -after[name], name))
    unit = profile.sample_types[profile.default_type].unit if profile.sample_types else ""
    total = sum(after.values()) or 1
    return tuple(
        model.Hot(
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


def _outermost(profile: Profile, flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each sample the index of its flagged frame nearest to the root, -1 where none is."""
    at = np.flatnonzero(flags[profile.stack_frames])
    sample = np.searchsorted(profile.stack_offsets, at, side="right") - 1
    found = np.full(profile.samples, -1, dtype=np.int64)
    found[sample] = profile.stack_frames[at]
    return found


def _held(profile: Profile, own: OwnCode, places: dict[str, Frame]) -> dict[str, int]:
    """Value by function, each stack laid to its blamed frame."""
    filled = np.flatnonzero(np.diff(profile.stack_offsets))
    if not len(filled) or profile.values.ndim != 2 or not profile.values.shape[1]:
        return {}
    frames = profile.frames
    outside = np.fromiter((not frame.function.startswith(MACHINERY) for frame in frames), np.bool_, len(frames))
    chosen = profile.stack_frames[profile.stack_offsets[filled]]
    fallback = _outermost if profile.kind in CROWDS else first_where
    for found in (fallback(profile, outside), first_where(profile, own.flags(frames))):
        chosen = np.where(found[filled] >= 0, found[filled], chosen)
    sums = np.bincount(chosen, np.maximum(profile.values[filled, profile.default_type], 0), len(frames))
    held: dict[str, int] = {}
    for i in np.flatnonzero(sums).tolist():
        name = printable(profile.frames[i])
        held[name] = held.get(name, 0) + int(sums[i])
        places.setdefault(name, profile.frames[i])
    return held
