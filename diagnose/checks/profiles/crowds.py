"""Crowds that need no baseline: what threads of a JVM wait for, and goroutines that the runtime itself calls leaked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from diagnose.checks.profiles.goroutines import GoroutineVerdict
from diagnose.checks.profiles.groups import groups
from diagnose.checks.profiles.own import own_code
from diagnose.checks.profiles.threads import Blocker, ThreadGroup, ThreadVerdict
from diagnose.checks.profiles.threads import judge as judge_threads
from diagnose.signals.profile import Profile, ProfileKind

_FEW = 3  # waiters for a lock or a pool, and leaked goroutines
_MANY = 5  # threads of one pool that read from a socket
_BORROWS = re.compile(
    r"^(?:com\.zaxxer\.hikari\.(?:HikariDataSource|pool\.HikariPool)\.getConnection|"
    r"org\.apache\.(?:commons\.(?:dbcp2?|pool2?)|tomcat\.(?:jdbc|dbcp))\..*\.(?:borrow\w*|getConnection)|"
    r"com\.mchange\.v2\..*\.(?:checkout\w*|awaitAvailable)|oracle\.ucp\..*\.(?:borrow\w*|getConnection)|"
    r"io\.agroal\.pool\..*\.getConnection|redis\.clients\..*Pool\.getResource|"
    r"org\.apache\.http\..*PoolingHttpClientConnectionManager\.leaseConnection|"
    r"(?!java\.|jdk\.)\S*(?i:pool)\w*\.(?i:getConnection|getResource|(?:borrow|acquire|checkout|lease|obtain)\w*))$"
)
_PARKED = ("WAITING", "TIMED_WAITING", "BLOCKED")


def of_threads(dump: Profile) -> GoroutineVerdict:
    """What the threads of a JVM say, in the words that goroutines have: deadlock, pool, contention, upstream or none.

    A cycle is a deadlock whatever its size. Three waiters make a crowd at a lock or at a pool of connections; threads
    that read from a socket are one only when all threads of their pool are busy, most of them there.
    """
    verdict = judge_threads([dump])
    told = _deadlock(verdict) or _pool(verdict.groups) or _contention(verdict.blockers)
    kind, strength, function, location, because = told or _upstream(verdict) or ("none", 0.0, "", "", _QUIET)
    return GoroutineVerdict(
        kind, strength, function, location, because, dump.samples, None, (), (), profile=ProfileKind.THREADS
    )


_Told = tuple[str, float, str, str, str]
_QUIET = "no threads wait for one another or for one thing"


def _deadlock(verdict: ThreadVerdict) -> _Told | None:
    if not verdict.deadlocks:
        return None
    cycle = verdict.deadlocks[0]
    group = next((row for row in verdict.groups if cycle[0] in row.threads), None)
    function, location = (group.function, group.location) if group else ("", "")
    where = f"; {cycle[0]} is in {function} ({location})" if function else ""
    return "deadlock", 1.0, function, location, f"{' and '.join(cycle)} wait for one another{where}"


def _pool(found: Sequence[ThreadGroup]) -> _Told | None:
    waiting = [
        row
        for row in found
        if row.state.startswith(_PARKED) and any(_BORROWS.match(frame.function) for frame in row.stack)
    ]
    count = sum(row.count for row in waiting)
    if count < _FEW:
        return None
    lead = waiting[0]
    because = f"{count} threads wait for a connection of a pool, most in {lead.function} ({lead.location})"
    return "pool", _size(count), lead.function, lead.location, because


def _contention(blockers: Sequence[Blocker]) -> _Told | None:
    if not blockers or blockers[0].blocks < _FEW:
        return None
    lead = blockers[0]
    because = f"{lead.thread} blocks {lead.blocks} threads while it is in {lead.function} ({lead.location})"
    return "contention", _size(lead.blocks), lead.function, lead.location, because


def _upstream(verdict: ThreadVerdict) -> _Told | None:
    for pool in verdict.pools:
        reading = [row for row in verdict.groups if row.socket and row.own and row.function == pool.function]
        count = sum(row.count for row in reading)
        if pool.exhausted and count >= max(_MANY, pool.busy // 2):
            because = (
                f"{count} of the {pool.threads} threads of {pool.name} read from a socket in "
                f"{pool.function} ({pool.location}), and none is idle"
            )
            return "upstream", _size(count), pool.function, pool.location, because
    return None


def _size(count: int) -> float:
    return round(0.4 + 0.6 * min(1.0, count / 20), 3)


def leaked(base: Profile | None, now: Profile) -> GoroutineVerdict:
    """Goroutines that Go's collector found to wait for what nobody can reach: three are a leak, without a baseline."""
    found = groups(base, now, own_code([profile for profile in (base, now) if profile is not None]))
    total = sum(group.count for group in found)
    lead = next((group for group in found if group.function), None)
    before = int(base.values[:, base.default_type].sum()) if base is not None else None
    small = lead is None or total < _FEW
    where = f", most in {lead.function} ({lead.location})" if lead else ""
    return GoroutineVerdict(
        kind="none" if small else "leak",
        strength=0.0 if small else _size(total),
        function=lead.function if lead and not small else "",
        location=lead.location if lead and not small else "",
        because=f"the runtime found {total} goroutines that nobody can wake{where}",
        total=total,
        before=before,
        excess=(("leak", total),),
        groups=found,
        profile=ProfileKind.GOROUTINE_LEAK,
    )
