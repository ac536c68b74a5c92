"""Goroutines that wait for a mutex: who holds it, or whether nobody ever gives it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diagnose.checks.profiles.groups import Group
from diagnose.checks.profiles.waits import FOREVER, Wait

_LONG_S = 60.0


@dataclass(frozen=True, slots=True)
class LockWait:
    """Who is to blame for the wait: the holder where one can be seen, else the function most waiters are in.

    `held` tells that somebody is seen to work under the lock.
    """

    deadlock: bool
    function: str
    location: str
    because: str
    held: bool = False


def lock_wait(waiters: Sequence[Group], found: Sequence[Group]) -> LockWait:
    """Tell contention from deadlock.

    A dump does not name a mutex's holder. Whoever has passed the Lock of a function that others wait in is inside that
    function and not waiting for a lock. When nobody is, and the waits are long, were there before, or the whole program
    waits, nobody can unlock.
    """
    ours = [group for group in waiters if group.function] or list(waiters)
    count = sum(group.count for group in waiters)
    names = {group.function for group in ours if group.function}
    holders = [group for group in found if group.wait is not Wait.LOCK and _within(group, names)]
    moving = [group for group in holders if group.wait not in FOREVER or group.wait is Wait.SLEEP]
    lead = max(ours, key=lambda group: group.count)
    if moving:
        holder = max(moving, key=lambda group: group.count)
        text = f"{count} goroutines wait for a lock while {holder.function} holds it ({holder.wait})"
        return LockWait(False, holder.function, holder.location, text, held=True)
    lasting = (
        _asleep(found)
        or any((group.wait_s or 0) >= _LONG_S for group in ours)
        or all(0 < g.before <= g.count for g in ours)
    )
    where = ", ".join(sorted(names)[:3]) or "library code"
    if lasting:
        text = f"{count} goroutines wait for locks in {where}, and nobody who could unlock is running"
        return LockWait(True, lead.function, lead.location, text)
    return LockWait(False, lead.function, lead.location, f"{count} goroutines wait for a lock, most in {lead.function}")


def _asleep(found: Sequence[Group]) -> bool:
    """Whether no own code runs, sleeps, or waits for the world outside: then nobody is left who could unlock."""
    parked = (FOREVER - {Wait.SLEEP, Wait.IO}) | {Wait.LOCK, Wait.IDLE, Wait.PROFILER, Wait.CONNECTION}
    return all(group.wait in parked for group in found if group.function)


def _within(group: Group, names: set[str]) -> bool:
    return any(frame.function in names for frame in group.stack)
