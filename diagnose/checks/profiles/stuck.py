"""Whether goroutines are stuck for good, in a service or in a program that should long have finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diagnose.checks.profiles.goroutines import GoroutineVerdict, judge
from diagnose.checks.profiles.groups import Group, groups
from diagnose.checks.profiles.lasting import Scene, stays
from diagnose.checks.profiles.locate import place
from diagnose.checks.profiles.lockwait import lock_wait
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.checks.profiles.pairs import progress
from diagnose.checks.profiles.waits import FOREVER, Wait
from diagnose.signals.profile import Profile, ProfileKind


@dataclass(frozen=True, slots=True)
class StuckVerdict:
    """`kind` is leak, deadlock, contention or none; `stuck` are the groups that stay, `others` the rest of own code.

    Waiters for a lock that somebody is seen to work under make contention, but are not stuck.
    """

    kind: str
    stuck: tuple[Group, ...]
    others: tuple[Group, ...]
    verdict: GoroutineVerdict


def stuck(snapshots: Sequence[Profile], *, own: OwnCode | None = None) -> StuckVerdict:
    """Judge goroutine snapshots of one process, in any order and format; the last one is what is judged.

    What stays for good is what the runtime found to be leaked, what `lasting.stays` says, and connections of an HTTP
    client that are opened and never released.
    """
    own = own or own_code(snapshots)
    sure = leaked(snapshots, own=own)
    taken = [profile for profile in snapshots if not _found_by_runtime(profile)] or list(snapshots)
    ordered = sorted(taken, key=lambda profile: (profile.taken_at or 0.0, progress(profile)))
    base = ordered[0] if len(ordered) > 1 else None
    verdict = judge(base, ordered[-1], own=own)
    found = _enriched(groups(base, ordered[-1], own), ordered, own)
    ours = [group for group in found if group.function and group.wait not in (Wait.IDLE, Wait.PROFILER)]
    blocked = tuple(group for group in ours if group.wait in FOREVER or group.wait is Wait.LOCK)
    known = {group.key for group in sure}
    earlier = groups(None, base, own) if base is not None else ()
    scene = Scene(found, blocked, earlier, verdict)
    staying = [group for group in blocked if group.key in known or stays(group, scene)]
    kind, staying = _sorted_out(staying, found)
    if kind == "none" and verdict.kind == "connections":
        kind, staying = "leak", [_by_loop(group) for group in found if group.wait is Wait.CONNECTION]
    others = tuple(group for group in ours if group not in staying)
    return StuckVerdict(kind, tuple(staying), others, verdict)


def _by_loop(group: Group) -> Group:
    """A connection's loop by its own name: no own code is in its stack."""
    frame = group.stack[-2 if group.stack[-1].function == "runtime.goexit" else -1]
    return replace(group, function=frame.function, location=place(frame))


def _enriched(found: Sequence[Group], ordered: Sequence[Profile], own: OwnCode) -> tuple[Group, ...]:
    """Creators and waiting times of other formats of the same goroutines."""
    known: dict[tuple[str, str, Wait], Group] = {}
    for profile in ordered:
        for group in groups(None, profile, own):
            if group.wait_s or group.creator:
                for wait in (group.wait, Wait.BLOCKED):  # some formats do not tell what is waited for
                    known[group.function, group.location, wait] = group
    return tuple(_with(group, known.get((group.function, group.location, group.wait))) for group in found)


def _with(group: Group, more: Group | None) -> Group:
    if more is None:
        return group
    wait = max(group.wait_s or 0.0, more.wait_s or 0.0) or None
    return replace(group, wait_s=wait, state=group.state or more.state, creator=group.creator or more.creator)


def _sorted_out(staying: Sequence[Group], found: Sequence[Group]) -> tuple[str, list[Group]]:
    """The kind and the groups that it is told from.

    Locks that nobody can open come first; locks that somebody works under are no reason to overlook a leak.
    """
    locks = [group for group in staying if group.wait is Wait.LOCK]
    how = lock_wait(locks, found) if locks else None
    if how is not None and how.deadlock:
        return "deadlock", list(staying)
    if len(locks) < len(staying):
        return "leak", [group for group in staying if group.wait is not Wait.LOCK]
    if how is None:
        return "none", []
    return "contention", [] if how.held else locks


def leaked(profiles: Sequence[Profile], *, own: OwnCode | None = None) -> tuple[Group, ...]:
    """Goroutines that the runtime itself found to be unreachable for ever (Go's goroutineleak profile), by stack."""
    own = own or own_code(profiles)
    found = [profile for profile in profiles if _found_by_runtime(profile)]
    return groups(found[0] if len(found) > 1 else None, found[-1], own) if found else ()


def _found_by_runtime(profile: Profile) -> bool:
    return profile.kind is ProfileKind.GOROUTINE_LEAK
