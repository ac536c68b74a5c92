"""Any bytes are a profile that every engine can judge, or one clear error; the two ways to decode samples agree."""

from __future__ import annotations

import numpy as np

from diagnose.checks.profiles import cpu, goroutines, heap, stuck, threads, top
from diagnose.checks.profiles.fleet import held, judge
from diagnose.errors import SourceError
from diagnose.signals.profile import Profile
from diagnose.sources.profiles import protobuf, symbols
from diagnose.sources.profiles.decode import decode
from diagnose.sources.profiles.wire import apart, column_of, columns


def run(data: bytes) -> None:
    """Decodes the bytes as a file's, and as plain protobuf."""
    _both_ways(data)
    try:
        profile = decode(data, "input")
    except SourceError:
        return
    assert profile.stack_offsets[0] == 0
    assert profile.stack_offsets[-1] == len(profile.stack_frames)
    assert profile.values.shape == (profile.samples, len(profile.sample_types))
    assert not profile.labels or len(profile.labels) == profile.samples
    assert not len(profile.stack_frames) or 0 <= profile.stack_frames.min() <= profile.stack_frames.max()
    if profile.sample_types:
        _judged(profile)


def _judged(profile: Profile) -> None:
    top.diff(profile, profile)
    cpu.judge(profile, profile)
    goroutines.judge(None, profile)
    heap.judge(None, profile)
    stuck.stuck([profile])
    threads.judge([profile])
    judge(held("one", [profile]))


def _both_ways(data: bytes) -> None:
    try:
        found = protobuf.parse(data)
    except ValueError:
        return
    try:
        plain = column_of([wire for part in found.blocks for wire in apart(part)])
    except ValueError:
        return  # the fast way may read what protobuf refuses: a number that is written too long
    fast = list(columns(found.blocks))
    for name in ("locations", "location_counts", "values", "value_counts"):
        together = np.concatenate([getattr(part, name) for part in fast] or [np.zeros(0, np.int64)])
        assert together.tolist() == getattr(plain, name).tolist(), name
    try:
        other = symbols.plain_locations(found.envelope.location)
    except Exception:  # noqa: BLE001 - protobuf's own, which must not be imported here
        return
    mine = symbols.locations(found.envelope.location)
    assert [getattr(mine, name).tolist() for name in type(mine).__slots__] == [
        getattr(other, name).tolist() for name in type(other).__slots__
    ]
