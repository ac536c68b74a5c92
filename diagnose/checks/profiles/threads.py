"""Threads of a JVM: who waits for whom, who blocks most others, which pools are exhausted, which threads are hot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnose.checks.profiles.locate import place
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.checks.profiles.pairs import progress
from diagnose.checks.profiles.resting import idle, reads_socket
from diagnose.signals.profile import Frame, Profile

_POOLED = re.compile(r"(?i)executor|pool|worker|eventloop|taskthread|dispatcher")
_POOL_NAMES = re.compile(r"(?i)pool|exec")
_NUMBER = re.compile(r"[-#_ ]?\d+")
_HOT_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread of a dump; addresses of what it waits for and holds, CPU and life in seconds."""

    name: str
    state: str
    lock: str
    lock_class: str
    holds: tuple[str, ...]
    cpu_s: float | None
    elapsed_s: float | None
    cycle: str
    stack: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Blocker:
    """A thread that others wait for, directly or behind one another, and the lock that most of them want."""

    thread: str
    blocks: int
    lock: str
    waiting: tuple[str, ...]
    function: str
    location: str


@dataclass(frozen=True, slots=True)
class ThreadGroup:
    """Threads of one stack and state."""

    function: str
    location: str
    state: str
    count: int
    threads: tuple[str, ...]
    socket: bool
    own: bool
    stack: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """Threads whose names differ only in a number.

    It is exhausted when none of two or more is idle in any dump, and their names or the roots of their stacks tell of
    something that hands out tasks: threads with a loop of their own are never idle.
    """

    name: str
    threads: int
    busy: int
    exhausted: bool
    function: str
    location: str


@dataclass(frozen=True, slots=True)
class HotThread:
    """CPU seconds of a thread between the first and the last dump, of `span_s` seconds; where it was seen."""

    thread: str
    cpu_s: float
    span_s: float
    function: str
    location: str

    @property
    def hot(self) -> bool:
        """Whether it used more than 30 % of a core."""
        return self.span_s > 0 and self.cpu_s >= _HOT_SHARE * self.span_s


@dataclass(frozen=True, slots=True)
class ThreadVerdict:
    """All that a series of dumps tells."""

    deadlocks: tuple[tuple[str, ...], ...]
    blockers: tuple[Blocker, ...]
    groups: tuple[ThreadGroup, ...]
    pools: tuple[Pool, ...]
    hot: tuple[HotThread, ...]


def judge(dumps: Sequence[Profile], *, own: OwnCode | None = None) -> ThreadVerdict:
    """Judge thread dumps of one process, in any order; what any of them shows counts, as its worst moment."""
    own = own or own_code(dumps)
    ordered = [_threads(dump) for dump in sorted(dumps, key=progress)]
    held = [{lock: thread for thread in threads for lock in thread.holds} for threads in ordered]
    pairs = list(zip(ordered, held, strict=True))
    blockers: dict[str, Blocker] = {}
    for row in (row for threads, holders in pairs for row in _blockers(threads, holders, own)):
        if row.thread not in blockers or row.blocks > blockers[row.thread].blocks:
            blockers[row.thread] = row
    return ThreadVerdict(
        deadlocks=tuple(sorted({cycle for threads, holders in pairs for cycle in _deadlocks(threads, holders)})),
        blockers=tuple(sorted(blockers.values(), key=lambda row: (-row.blocks, row.thread))),
        groups=_groups(ordered, own),
        pools=_pools(ordered, own),
        hot=_hot(ordered, own),
    )


def _threads(dump: Profile) -> tuple[Thread, ...]:
    return tuple(_thread(dict(labels), dump.stack(i)) for i, labels in enumerate(dump.labels))


def _thread(said: Mapping[str, str], stack: tuple[Frame, ...]) -> Thread:
    number = {key: float(said[key]) if key in said else None for key in ("cpu_s", "elapsed_s")}
    return Thread(
        name=said.get("name", ""),
        state=said.get("state", ""),
        lock=said.get("lock", ""),
        lock_class=said.get("lock_class", ""),
        holds=tuple(held for held in said.get("holds", "").split(",") if held),
        cpu_s=number["cpu_s"],
        elapsed_s=number["elapsed_s"],
        cycle=said.get("deadlock", ""),
        stack=stack,
    )


def _next(thread: Thread, holders: Mapping[str, Thread]) -> Thread | None:
    """Who holds what the thread waits for; a wait for a notification is no wait for its holder."""
    if not thread.lock or (thread.state.endswith("(on object monitor)") and not thread.state.startswith("BLOCKED")):
        return None
    holder = holders.get(thread.lock)
    return holder if holder is not None and holder.name != thread.name else None


def _deadlocks(threads: Sequence[Thread], holders: Mapping[str, Thread]) -> tuple[tuple[str, ...], ...]:
    """Cycles of waiting by monitors and owned locks, and those that the JVM itself reports."""
    cycles: set[tuple[str, ...]] = set()
    for thread in threads:
        path: list[str] = []
        at: Thread | None = thread
        while at is not None and at.name not in path:
            path.append(at.name)
            at = _next(at, holders)
        if at is not None:
            cycles.add(tuple(sorted(path[path.index(at.name) :])))
    reported: dict[str, list[str]] = {}
    for thread in threads:
        if thread.cycle:
            reported.setdefault(thread.cycle, []).append(thread.name)
    cycles |= {tuple(sorted(names)) for names in reported.values()}
    return tuple(sorted(cycles))


def _blockers(threads: Sequence[Thread], holders: Mapping[str, Thread], own: OwnCode) -> tuple[Blocker, ...]:
    """Threads at the end of the chains, with all who wait for them on the way."""
    waiting: dict[str, list[str]] = {}
    locks: dict[str, list[str]] = {}
    byname = {thread.name: thread for thread in threads}
    for thread in threads:
        seen = {thread.name}
        at = _next(thread, holders)
        wanted = thread.lock
        while at is not None and at.name not in seen:
            seen.add(at.name)
            further = _next(at, holders)
            if further is None or further.name in seen:
                waiting.setdefault(at.name, []).append(thread.name)
                locks.setdefault(at.name, []).append(wanted)
            wanted, at = at.lock, further
    rows = []
    for name, names in waiting.items():
        lock = max(sorted(set(locks[name])), key=locks[name].count)
        function, location = _where(byname[name].stack, own)
        rows.append(Blocker(name, len(names), lock, tuple(sorted(names)), function, location))
    return tuple(sorted(rows, key=lambda row: (-row.blocks, row.thread)))


def _groups(ordered: Sequence[Sequence[Thread]], own: OwnCode) -> tuple[ThreadGroup, ...]:
    """Groups by state and stack, each as large as it was in any dump."""
    best: dict[tuple[str, tuple[str, ...]], list[Thread]] = {}
    for threads in ordered:
        rows: dict[tuple[str, tuple[str, ...]], list[Thread]] = {}
        for thread in threads:
            if thread.stack:
                rows.setdefault((thread.state, tuple(frame.function for frame in thread.stack)), []).append(thread)
        for key, members in rows.items():
            if len(members) >= len(best.get(key, ())):
                best[key] = members
    found = []
    for (state, functions), members in best.items():
        function, location = _where(members[0].stack, own)
        names = tuple(sorted(thread.name for thread in members))
        ours = own.first(members[0].stack) is not None
        found.append(
            ThreadGroup(function, location, state, len(members), names, reads_socket(functions), ours, members[0].stack)
        )
    return tuple(sorted(found, key=lambda group: (-group.count, group.state, group.threads, group.function)))


def _pools(ordered: Sequence[Sequence[Thread]], own: OwnCode) -> tuple[Pool, ...]:
    """Pools as they were when most of their threads were busy."""
    best: dict[str, Pool] = {}
    rested = {_pool_name(thread.name) for dump in ordered for thread in dump if thread.stack and idle(thread.stack)}
    for threads in ordered:
        for pool in _pools_of(threads, own, rested):
            if pool.name not in best or pool.busy > best[pool.name].busy:
                best[pool.name] = pool
    return tuple(sorted(best.values(), key=lambda pool: (not pool.exhausted, -pool.busy, pool.name)))


def _pools_of(threads: Sequence[Thread], own: OwnCode, rested: set[str]) -> list[Pool]:
    rows: dict[str, list[Thread]] = {}
    for thread in threads:
        if thread.stack and (base := _pool_name(thread.name)):
            rows.setdefault(base, []).append(thread)
    pools = []
    for name, members in rows.items():
        busy = [thread for thread in members if not idle(thread.stack)]
        places = [_where(thread.stack, own) for thread in busy]
        function, location = max(sorted(set(places)), key=places.count) if places else ("", "")
        if len(members) > 1:
            exhausted = name not in rested and all(map(_pooled, members))
            pools.append(Pool(name, len(members), len(busy), exhausted, function, location))
    return pools


def _pooled(thread: Thread) -> bool:
    told = _POOL_NAMES.search(thread.name) is not None
    return told or any(_POOLED.search(frame.function) for frame in thread.stack[-6:])


def _pool_name(name: str) -> str:
    """`pool-4-thread-2` is of `pool-4-thread`: the last number is the thread's own."""
    hits = list(_NUMBER.finditer(name))
    return (name[: hits[-1].start()] + name[hits[-1].end() :]).strip() if hits else ""


def _hot(ordered: Sequence[Sequence[Thread]], own: OwnCode) -> tuple[HotThread, ...]:
    """CPU time from the first to the last dump that shows a thread; all its life when only one does."""
    seen: dict[str, list[Thread]] = {}
    for thread in (thread for threads in ordered for thread in threads):
        if thread.stack and thread.cpu_s is not None and thread.elapsed_s is not None:
            seen.setdefault(thread.name, []).append(thread)
    rows = []
    for name, shots in seen.items():
        first, last = shots[0], shots[-1]
        lone = len(shots) == 1
        cpu = (last.cpu_s or 0.0) - (0.0 if lone else first.cpu_s or 0.0)
        span = (last.elapsed_s or 0.0) - (0.0 if lone else first.elapsed_s or 0.0)
        if cpu > 0:
            rows.append(HotThread(name, round(cpu, 6), round(span, 6), *_where(last.stack, own)))
    return tuple(sorted(rows, key=lambda row: (-row.cpu_s, row.thread)))


def _where(stack: Sequence[Frame], own: OwnCode) -> tuple[str, str]:
    """The first own frame, else the top of the stack."""
    frame = own.first(stack) or (stack[0] if stack else None)
    return (frame.function, place(frame)) if frame else ("", "")
