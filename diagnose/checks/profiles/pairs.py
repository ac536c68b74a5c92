"""Which snapshot is from before the trouble and which from within it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diagnose.signals.profile import Profile, ProfileKind


def pairs(profiles: Sequence[Profile], *, onset: float | None) -> Mapping[ProfileKind, tuple[Profile | None, Profile]]:
    """For each kind the last snapshot before the onset (or None) and the last one after it.

    Without an onset the first and the last are taken. Snapshots that carry no time are only used when no dated one is
    there, in the order of the process's own counters (goroutine ids, uptime). A contention profile without samples
    tells not whether it is of mutexes or blocking; it stands in as the empty base of either.
    """
    found: dict[ProfileKind, tuple[Profile | None, Profile]] = {}
    hollow = [profile for profile in profiles if _hollow(profile)]
    for kind in ProfileKind:
        of_kind = [profile for profile in profiles if profile.kind is kind and not _hollow(profile)]
        if kind in (ProfileKind.MUTEX, ProfileKind.BLOCK) and of_kind:
            first = min((profile.taken_at for profile in of_kind if profile.taken_at), default=0.0)
            of_kind += [profile for profile in hollow if (profile.taken_at or first) < first]
        pair = _pair(of_kind, onset)
        if pair is not None:
            found[kind] = pair
    return found


def _hollow(profile: Profile) -> bool:
    return not profile.samples and {item.type for item in profile.sample_types} >= {"contentions", "delay"}


def _pair(profiles: Sequence[Profile], onset: float | None) -> tuple[Profile | None, Profile] | None:
    dated = sorted((profile for profile in profiles if profile.taken_at is not None), key=_when)
    undated = sorted((profile for profile in profiles if profile.taken_at is None), key=progress)
    before = [profile for profile in dated if onset is not None and _when(profile) < onset]
    after = [profile for profile in dated if onset is None or _when(profile) >= onset]
    if not after and (len(undated) > 1 or not dated):
        before, after = [], undated
    if not after:
        return None
    if onset is None or not dated or after is undated:
        before = after[:1] if len(after) > 1 else []
    return (before[-1] if before else None), after[-1]


def _when(profile: Profile) -> float:
    return profile.taken_at or 0.0


def progress(profile: Profile) -> float:
    """How far the process had come: goroutine ids and the uptime of JVM threads only rise."""
    numbers = [float(value) for row in profile.labels for key, value in row if key in ("id", "elapsed_s")]
    return max(numbers, default=0.0)
