"""Contended locks from mutex and block profiles: seconds of waiting per second, by holder and by waiter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.profiles.heap import column
from diagnose.checks.profiles.locate import first_where, name_of, place
from diagnose.checks.profiles.own import OwnCode, own_code, profiler
from diagnose.checks.profiles.waits import serving
from diagnose.signals.profile import Frame, Profile

Ints = NDArray[np.int64]
_LOCKS = ("sync.(*Mutex).", "sync.(*RWMutex).", "internal/sync.(*Mutex).", "sync.(*Once).")
_BUSY = 0.1


@dataclass(frozen=True, slots=True)
class LockSite:
    """An own function and the seconds others waited per second because of it, now and in the baseline (None: unknown).

    Without time stamps the rate is that of the whole life of the process and `per_s` counts seconds in all.
    """

    function: str
    location: str
    per_s: float


@dataclass(frozen=True, slots=True)
class LockVerdict:
    """Whether work waits within the process: `kind` is contention (for locks), waiting (for something else) or none.

    Rates are in seconds per second. `began` are own functions that wait for something else (a channel, a condition)
    while they do the program's work, and did not wait at all before.
    """

    kind: str
    strength: float
    function: str
    location: str
    because: str
    wait_per_s: float | None
    holders: tuple[LockSite, ...]
    waiters: tuple[LockSite, ...]
    began: tuple[LockSite, ...] = ()


def judge(
    base_mutex: Profile | None,
    incident_mutex: Profile | None,
    base_block: Profile | None,
    incident_block: Profile | None,
    *,
    own: OwnCode | None = None,
) -> LockVerdict:
    """Judge what waiting for locks cost between the snapshots, from either profile or both.

    The stack of a mutex profile is that of the Unlock, so its own function is the holder's; that of a block profile is
    the waiter's. Idle selects and channel waits do not count. From 0.1 s of waiting per second a lock is contended.
    """
    given = [profile for profile in (base_mutex, incident_mutex, base_block, incident_block) if profile is not None]
    own = own or own_code(given)
    holders, held = _sites(base_mutex, incident_mutex, own, _any)
    waiters, waited = _sites(base_block, incident_block, own, _is_lock)
    others, _ = _sites(base_block, incident_block, own, _holds_up)
    known = _waits(base_block, own, _is_other) if base_block is not None else {}
    began = tuple(site for site in others if site.function not in known and site.per_s >= _BUSY)
    rates = [rate for rate in (held, waited) if rate is not None]
    rate = max(rates, default=None)
    lead = next(iter(holders or waiters), None)
    if rate is None or rate < _BUSY or lead is None:
        return _waiting(
            began, LockVerdict("none", 0.0, "", "", _quiet(rate, bool(given)), rate, holders, waiters, began)
        )
    share = lead.per_s / max(sum(site.per_s for site in (holders or waiters)), 1e-9)
    strength = round(min(1.0, (rate / _BUSY) ** 0.5 / 2) * (0.5 + 0.5 * share), 3)
    role = "held" if holders else "waited for"
    because = f"{rate:.2f} s of waiting for locks per second, most of it {role} in {lead.function} ({lead.location})"
    return LockVerdict("contention", strength, lead.function, lead.location, because, rate, holders, waiters, began)


def _waiting(began: Sequence[LockSite], quiet: LockVerdict) -> LockVerdict:
    """No lock is contended: whether work waits for something else, as strong as the part of a second it waits."""
    if not began:
        return quiet
    lead = began[0]
    because = f"{lead.function} ({lead.location}) waits for {lead.per_s:.2f} s per second and did not wait before"
    return replace(
        quiet,
        kind="waiting",
        strength=round(min(1.0, lead.per_s) ** 0.5, 3),
        function=lead.function,
        location=lead.location,
        because=because,
        wait_per_s=lead.per_s,
    )


def _quiet(rate: float | None, given: bool) -> str:
    if rate is None:
        return "no time can be told between the lock profiles" if given else "there is no mutex or block profile"
    return f"{rate:.3f} s of waiting for locks per second"


def _sites(
    base: Profile | None, incident: Profile | None, own: OwnCode, wanted: Callable[[Sequence[Frame]], bool]
) -> tuple[tuple[LockSite, ...], float | None]:
    """Waiting in the wanted stacks by own function, largest first, and all of it, in seconds per second."""
    span = _span(base, incident)
    if incident is None or span is None:
        return (), None
    now, then = _waits(incident, own, wanted), _waits(base, own, wanted) if base is not None else {}
    grown = {name: (value - then.get(name, (0, ""))[0], where) for name, (value, where) in now.items()}
    if sum(value for value, _ in grown.values()) < 0:  # counters went down: the process was restarted
        grown = now
    sites = [LockSite(name, where, value / 1e9 / span) for name, (value, where) in grown.items() if value > 0 and name]
    sites.sort(key=lambda site: (-site.per_s, site.function))
    return tuple(sites), sum(site.per_s for site in sites)


def _span(base: Profile | None, incident: Profile | None) -> float | None:
    if base is None or incident is None or base.taken_at is None or incident.taken_at is None:
        return None
    return incident.taken_at - base.taken_at if incident.taken_at > base.taken_at else None


def _waits(profile: Profile, own: OwnCode, wanted: Callable[[Sequence[Frame]], bool]) -> dict[str, tuple[int, str]]:
    delay = column(profile, "delay")
    if delay is None:
        return {}
    first = first_where(profile, own.flags(profile.frames))
    found: dict[str, tuple[int, str]] = {}
    for sample in np.flatnonzero(first >= 0):
        stack = profile.stack(int(sample))
        if not wanted(stack) or profiler(stack):
            continue
        frame = profile.frames[int(first[sample])]
        value, where = found.get(name_of(frame), (0, place(frame)))
        found[name_of(frame)] = (value + int(delay[sample]), where)
    return found


def _any(_: Sequence[Frame]) -> bool:
    return True


def _is_other(stack: Sequence[Frame]) -> bool:
    return not _is_lock(stack)


def _holds_up(stack: Sequence[Frame]) -> bool:
    """Whether a request or the main line of the program waits here: a goroutine started for it may wait for work."""
    return not _is_lock(stack) and (serving(stack) or any(frame.function == "main.main" for frame in stack))


def _is_lock(stack: Sequence[Frame]) -> bool:
    return any(frame.function.startswith(_LOCKS) for frame in stack[:3])
