"""The verdict of goroutine snapshots: leak, deadlock, contention, pool, upstream, connections or nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from diagnose.checks.profiles.connections import leaked_pairs
from diagnose.checks.profiles.groups import Group, groups
from diagnose.checks.profiles.holders import holder
from diagnose.checks.profiles.lockwait import LockWait, lock_wait
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.checks.profiles.waits import FOREVER, Wait
from diagnose.signals.profile import Profile, ProfileKind

_SLEEPERS_WAKE = 0.4


@dataclass(frozen=True, slots=True)
class GoroutineVerdict:
    """What the goroutines say. `kind` is leak, deadlock, contention, pool, upstream, connections or none.

    `profile` is what it is read from: threads of a JVM are told in the same words.
    `excess` tells for each kind how many goroutines more than in the baseline (or at all, without one) it explains.
    """

    kind: str
    strength: float
    function: str
    location: str
    because: str
    total: int
    before: int | None
    excess: tuple[tuple[str, int], ...]
    groups: tuple[Group, ...]
    profile: ProfileKind = ProfileKind.GOROUTINE

    @property
    def rising(self) -> tuple[Group, ...]:
        """Groups of own code that wait and have become more, most first, however few: suspects, not a verdict."""
        found = (group for group in self.groups if group.wait in FOREVER and group.function and group.growth > 0)
        return tuple(sorted(found, key=lambda group: (-group.growth, group.key)))


@dataclass(frozen=True, slots=True)
class _Case:
    """One reading of the groups and how many goroutines it explains; `least` is what it takes to be said at all."""

    kind: str
    members: tuple[Group, ...]
    excess: int
    least: int
    weight: float = 1.0


def judge(base: Profile | None, incident: Profile, *, own: OwnCode | None = None) -> GoroutineVerdict:
    """Judge a snapshot against its baseline; without one only a crowd counts, and counts less.

    Thresholds are relative to the program: ten goroutines and a quarter of what the baseline had in all (thirty and
    three tenths of all there are, without a baseline); a handful for pools and locks, whose waiters are few by nature.
    """
    own = own or own_code([profile for profile in (base, incident) if profile is not None])
    found = groups(base, incident, own)
    total = sum(group.count for group in found)
    before = int(base.values[:, base.default_type].sum()) if base is not None else None
    cases = _cases(found, total, before)
    strong = [case for case in cases if case.excess >= case.least]
    excess = tuple((case.kind, case.excess) for case in cases)
    if not strong:
        return GoroutineVerdict("none", 0.0, "", "", _nothing(total, before), total, before, excess, found)
    best = max(strong, key=lambda case: case.excess * case.weight)
    kind, lead, how = _lead(best, found, has_base=base is not None)
    strength = _strength(best, cases, total, before)
    if kind == "leak" and lead.wait is Wait.SLEEP:
        strength = round(strength * _SLEEPERS_WAKE, 3)
    because = _because(kind, best, lead, how, before)
    function, location = (how.function, how.location) if how else (lead.function, lead.location)
    if kind == "pool" and (held := holder(found)) is not None:
        function, location = held.function, held.location
        because += f", while {held.function} ({held.location}) holds on to its own ({held.wait})"
    return GoroutineVerdict(kind, strength, function, location, because, total, before, excess, found)


def _cases(found: Sequence[Group], total: int, before: int | None) -> list[_Case]:
    crowd = max(10, math.ceil(0.25 * before)) if before is not None else max(30, math.ceil(0.3 * total))
    few = 3 if before is not None else 5
    rows = {wait: tuple(group for group in found if group.wait is wait) for wait in Wait}
    leaks = tuple(group for group in found if group.wait in FOREVER and group.function)
    pairs = leaked_pairs(found, based=before is not None)
    return [
        _Case("connections", rows[Wait.CONNECTION], pairs, crowd),
        _Case("pool", rows[Wait.POOL], _excess(rows[Wait.POOL], before), few, 2.0),
        _Case("contention", rows[Wait.LOCK], _excess(rows[Wait.LOCK], before), few, 2.0),
        _Case("leak", leaks, _most(leaks, before), crowd),
        _Case("upstream", rows[Wait.UPSTREAM], _excess(rows[Wait.UPSTREAM], before), crowd),
    ]


def _excess(members: Sequence[Group], before: int | None) -> int:
    return sum(group.count if before is None else max(group.growth, 0) for group in members)


def _most(members: Sequence[Group], before: int | None) -> int:
    """The excess of those own functions alone that have doubled: many small groups are the program's own variety."""
    rows: dict[str, list[Group]] = {}
    for group in members:
        rows.setdefault(group.function, []).append(group)
    grown = (row for row in rows.values() if sum(g.count for g in row) >= 2 * sum(g.before for g in row))
    return max((_excess(row, before) for row in grown), default=0)


def _lead(best: _Case, found: Sequence[Group], *, has_base: bool) -> tuple[str, Group, LockWait | None]:
    """The group that stands for the case, and for locks what is known of the holder."""
    weights: dict[str, int] = {}
    for group in best.members:
        weights[group.function] = weights.get(group.function, 0) + (group.growth if has_base else group.count)
    lead = max(
        best.members, key=lambda group: (weights[group.function], group.growth if has_base else group.count, group.key)
    )
    if best.kind != "contention":
        return best.kind, lead, None
    how = lock_wait(best.members, found)
    return ("deadlock" if how.deadlock else "contention"), lead, how


def _strength(best: _Case, cases: Sequence[_Case], total: int, before: int | None) -> float:
    """The case's share of all excess, times how large that is against the program, from 0 to 1."""
    share = best.excess / max(sum(case.excess for case in cases), 1)
    ratio = best.excess / max(before or 0, 10) if before is not None else best.excess / max(total, 1)
    size = min(1.0, math.log2(1 + ratio) / 4) if before is not None else min(1.0, ratio) * 0.5
    if best.kind in ("pool", "contention"):
        size = max(size, min(1.0, best.excess / 10) * 0.8)
    return round(share * (0.4 + 0.6 * size) * (1.0 if before is not None else 0.8), 3)


def _nothing(total: int, before: int | None) -> str:
    was = f", {before} in the baseline" if before is not None else "; there is no baseline to compare with"
    return f"{total} goroutines{was}; no group of blocked ones stands out"


def _because(kind: str, best: _Case, lead: Group, how: LockWait | None, before: int | None) -> str:
    where = f"{lead.function} ({lead.location})" if lead.function else "library code"
    grown = f"{lead.count} goroutines" + (f", {lead.before} in the baseline," if before is not None else "")
    wait = f", the longest for {lead.wait_s:.0f} s" if lead.wait_s else ""
    made = f", created by {lead.creator}" if lead.creator and lead.creator != lead.function else ""
    if how is not None:
        return how.because + wait
    return {
        "connections": f"{best.excess} pairs of HTTP connection loops more than requests in flight: "
        "connections are opened and never released",
        "pool": f"{best.excess} goroutines more wait for a database connection, most in {where}",
        "upstream": f"{best.excess} goroutines more wait for an answer from outside, most in {where}{wait}",
        "leak": f"{grown} are in {lead.wait} in {where}{wait}{made}",
    }[kind]
