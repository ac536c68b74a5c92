"""Finding frames in many stacks at once."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.profile import Frame, Profile

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_UNKNOWN = ("Unknown", "??", "<unknown>")
_MADE = re.compile(r"(\.(?:deferwrap|gowrap)\d+|·d?wrap·\d+|-fm)+$")


def first_where(profile: Profile, flags: Flags) -> Ints:
    """For each sample the index of its frame nearest to the leaf that is flagged, -1 where none is."""
    found = np.full(profile.samples, -1, dtype=np.int64)
    if not len(profile.frames) or not len(profile.stack_frames):
        return found
    at = np.flatnonzero(flags[profile.stack_frames])[::-1]
    sample = np.searchsorted(profile.stack_offsets, at, side="right") - 1
    found[sample] = profile.stack_frames[at]  # of equal targets the last write stays: the frame nearest to the leaf
    return found


def any_where(profile: Profile, flags: Flags) -> Flags:
    """For each sample whether any of its frames is flagged."""
    return first_where(profile, flags) >= 0


def flags_of(profile: Profile, names: tuple[str, ...]) -> Flags:
    """Which frames have a function name that begins with one of the names."""
    return np.fromiter((frame.function.startswith(names) for frame in profile.frames), np.bool_, len(profile.frames))


def name_of(frame: Frame) -> str:
    """The function as its author knows it: without the wrappers that Go's compiler makes for defer, go and methods."""
    return _MADE.sub("", frame.function)


def place(frame: Frame) -> str:
    """`file:line`, or as much of it as is known."""
    if frame.line:
        return f"{frame.file}:{frame.line}" if frame.file else ""
    return "" if frame.file in _UNKNOWN else frame.file


def spot(function: str, location: str) -> str:
    """A function with where it is, as far as that is known."""
    return f"{function} ({location})" if location else function
