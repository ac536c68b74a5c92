"""Which functions of a profile hold most: what a stack holds is laid to the own code nearest to its leaf."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnose.checks.profiles.locate import first_where, place
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.checks.profiles.top import printable
from diagnose.report import model, units
from diagnose.report.text import line
from diagnose.signals.profile import Frame, Profile

SHOWN = 6
NAME = 160
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
    """The frame of one stack (leaf first) that a reader wants to see: own code, else what is not machinery."""
    outside = (frame for frame in frames if not frame.function.startswith(MACHINERY))
    return own.first(frames) or next(outside, frames[0] if frames else None)


def _held(profile: Profile, own: OwnCode, places: dict[str, Frame]) -> dict[str, int]:
    """Value by function, each stack laid to its blamed frame."""
    filled = np.flatnonzero(np.diff(profile.stack_offsets))
    if not len(filled) or profile.values.ndim != 2 or not profile.values.shape[1]:
        return {}
    frames = profile.frames
    outside = np.fromiter((not frame.function.startswith(MACHINERY) for frame in frames), np.bool_, len(frames))
    chosen = profile.stack_frames[profile.stack_offsets[filled]]
    for flags in (outside, own.flags(frames)):
        found = first_where(profile, flags)[filled]
        chosen = np.where(found >= 0, found, chosen)
    sums = np.bincount(chosen, np.maximum(profile.values[filled, profile.default_type], 0), len(frames))
    held: dict[str, int] = {}
    for i in np.flatnonzero(sums).tolist():
        name = printable(profile.frames[i])
        held[name] = held.get(name, 0) + int(sums[i])
        places.setdefault(name, profile.frames[i])
    return held
