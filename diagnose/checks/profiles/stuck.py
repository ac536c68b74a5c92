"""Whether goroutines are stuck for good, in a service or in a program that should long have finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diagnose.checks.profiles.goroutines import GoroutineVerdict, judge
from diagnose.checks.profiles.groups import Group, groups
from diagnose.checks.profiles.lockwait import lock_wait
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.checks.profiles.pairs import progress
from diagnose.checks.profiles.waits import FOREVER, Wait
from diagnose.signals.profile import Profile, ProfileKind

_LONG_S = 60.0
_CROWD, _CROWD_SHARE = 30, 0.3
_HOPELESS = ("chan receive (nil chan)", "chan send (nil chan)", "select (no cases)")
_TEST = "testing.tRunner"


@dataclass(frozen=True, slots=True)
class StuckVerdict:
    """`kind` is leak, deadlock, contention or none; `stuck` are the groups that stay, `others` the rest of own code."""

    kind: str
    stuck: tuple[Group, ...]
    others: tuple[Group, ...]
    verdict: GoroutineVerdict


def stuck(snapshots: Sequence[Profile], *, own: OwnCode | None = None) -> StuckVerdict:
    """Judge goroutine snapshots of one process, in any order and format; the last one is what is judged.

    A goroutine stays for good when its wait has no end (nil channel, the runtime says it is leaked), when it has waited
    for a minute or since the first snapshot in a lock, in a send, or in a test that others wait for, or when it is one
    of a crowd that makes up a third of the program. Single receivers and selects are workers without work.
    """
    own = own or own_code(snapshots)
    sure = leaked(snapshots, own=own)
    taken = [profile for profile in snapshots if not _found_by_runtime(profile)] or list(snapshots)
    ordered = sorted(taken, key=lambda profile: (profile.taken_at or 0.0, progress(profile)))
    base = ordered[0] if len(ordered) > 1 else None
    verdict = judge(base, ordered[-1], own=own)
    found = _enriched(groups(base, ordered[-1], own), ordered, own)
    ours = [group for group in found if group.function and group.wait not in (Wait.IDLE, Wait.PROFILER)]
    blocked = [group for group in ours if group.wait in FOREVER or group.wait is Wait.LOCK]
    known = {group.key for group in sure}
    staying = [group for group in blocked if group.key in known or _stays(group, blocked, ours, verdict)]
    kind = _kind(staying, found)
    if kind in ("leak", "contention"):
        staying = [group for group in staying if (group.wait is Wait.LOCK) is (kind == "contention")]
    others = tuple(group for group in ours if group not in staying)
    return StuckVerdict(kind, tuple(staying), others, verdict)


def _enriched(found: Sequence[Group], ordered: Sequence[Profile], own: OwnCode) -> tuple[Group, ...]:
    """Creators and waiting times of other formats of the same goroutines."""
    known: dict[tuple[str, str], Group] = {}
    for profile in ordered:
        for group in groups(None, profile, own):
            if group.wait_s or group.creator:
                known[group.function, group.location] = group
    return tuple(_with(group, known.get((group.function, group.location))) for group in found)


def _with(group: Group, more: Group | None) -> Group:
    if more is None:
        return group
    wait = max(group.wait_s or 0.0, more.wait_s or 0.0) or None
    return replace(group, wait_s=wait, state=group.state or more.state, creator=group.creator or more.creator)


def _stays(group: Group, blocked: Sequence[Group], ours: Sequence[Group], verdict: GoroutineVerdict) -> bool:
    main = any(frame.function == "main.main" for frame in group.stack)
    if "leaked" in group.state or (group.state in _HOPELESS and not main):
        return True
    if _crowd(group, blocked) or (verdict.kind == "leak" and group.function == verdict.function):
        return True
    test = any(frame.function == _TEST for frame in group.stack)
    lasting = (group.wait_s or 0) >= _LONG_S or 0 < group.before <= group.count
    waiting = group.wait in (Wait.LOCK, Wait.CHANNEL_SEND) or test
    if waiting and group.wait is not Wait.SLEEP and not (main and not test):
        busy = any(other.wait in (Wait.RUNNING, Wait.SERVING) for other in ours)
        return lasting or (not busy and not group.before)
    return False


def _crowd(group: Group, blocked: Sequence[Group]) -> bool:
    if group.wait is Wait.SLEEP or group.serving:
        return False
    alike = sum(other.count for other in blocked if other.function == group.function)
    return alike >= _CROWD and alike >= _CROWD_SHARE * sum(other.count for other in blocked)


def _kind(staying: Sequence[Group], found: Sequence[Group]) -> str:
    """Locks that nobody can open come first; locks that somebody works under are no reason to overlook a leak."""
    locks = [group for group in staying if group.wait is Wait.LOCK]
    if locks and lock_wait(locks, found).deadlock:
        return "deadlock"
    if len(locks) < len(staying):
        return "leak"
    return "contention" if locks else "none"


def leaked(profiles: Sequence[Profile], *, own: OwnCode | None = None) -> tuple[Group, ...]:
    """Goroutines that the runtime itself found to be unreachable for ever (Go's goroutineleak profile), by stack."""
    own = own or own_code(profiles)
    found = [profile for profile in profiles if _found_by_runtime(profile)]
    return groups(found[0] if len(found) > 1 else None, found[-1], own) if found else ()


def _found_by_runtime(profile: Profile) -> bool:
    return profile.kind is ProfileKind.GOROUTINE_LEAK
