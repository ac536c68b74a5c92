"""Which profile a reference names, and which earlier one to compare it with."""

from __future__ import annotations

from collections.abc import Sequence

from diagnose.checks.profiles.pairs import progress
from diagnose.signals.profile import Profile

TOGETHER_S = 1.0


def index_of(ref: str, profiles: Sequence[Profile]) -> int | None:
    """The index that a reference such as `profile:3` names, None when there is no such profile."""
    head, _, index = ref.partition(":")
    if head != "profile" or not index.isdecimal() or len(index) > 9 or int(index) >= len(profiles):
        return None
    return int(index)


def base_of(profiles: Sequence[Profile], index: int, onset: float | None) -> int | None:
    """The latest profile of the same kind from before the onset, else the earliest before this one."""
    moments = [_moment(profile) for profile in profiles]
    earlier = [
        i
        for i, other in enumerate(profiles)
        if i != index and _alike(other, profiles[index]) and _before(profiles, (i, index))
    ]
    calm = [i for i in earlier if onset is not None and profiles[i].taken_at is not None and moments[i][0] < onset]
    if calm:
        return max(calm, key=lambda i: (moments[i], i))
    return min(earlier, key=lambda i: (moments[i], i), default=None)


def _alike(one: Profile, other: Profile) -> bool:
    """Whether two profiles measure the same in the same form: a text dump leaves out frames that a binary one has."""
    return (
        one.kind is other.kind
        and one.sample_types == other.sample_types
        and bool(one.labels) == bool(other.labels)
        and one.samples > 0
    )


def _before(profiles: Sequence[Profile], pair: tuple[int, int]) -> bool:
    """Whether the first of two was taken before the other; what is a second apart was taken together."""
    one, other = (profiles[i].taken_at for i in pair)
    if one is not None and other is not None:
        return one < other - TOGETHER_S
    first, second = ((_moment(profiles[i]), i) for i in pair)
    return first < second


def _moment(profile: Profile) -> tuple[float, float]:
    return (profile.taken_at if profile.taken_at is not None else float("-inf"), progress(profile))
