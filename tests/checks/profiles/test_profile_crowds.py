"""Crowds that need no baseline: threads of a JVM, and goroutines that the runtime calls leaked."""

from __future__ import annotations

import pytest

from diagnose.checks.profiles.crowds import leaked, of_threads
from diagnose.signals.profile import Profile, ProfileKind
from diagnose.sources.profiles.decode import decode
from tests.checks.profiles.shots import shot

LEAKED = [("goroutineleak", "count")]
MOVE = "com.acme.Bank.move(Bank.java:7)"
GET = "com.acme.Orders.find(Orders.java:9)"
HIKARI = f"com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:181) {GET}"
READ = f"java.net.SocketInputStream.socketRead0(SocketInputStream.java:1) {GET} com.acme.Worker.run(Worker.java:3)"
ACQUIRE = f"com.acme.db.ConnectionPool.acquire(ConnectionPool.java:30) {GET}"
IDLE = "java.util.concurrent.LinkedBlockingQueue.take(LinkedBlockingQueue.java:1)"


def thread(name: str, frames: str, *, wants: str = "", holds: str = "", state: str = "RUNNABLE") -> str:
    lines = [f'"{name}" #1 prio=5 os_prio=0 tid=0x1 nid=0x1 x [0x1]']
    lines += [f"   java.lang.Thread.State: {'BLOCKED (on object monitor)' if wants else state}"]
    lines += [f"\tat {frame}" for frame in frames.split()]
    lines += [f"\t- waiting to lock <{wants}> (a java.lang.Object)"] * bool(wants)
    lines += [f"\t- locked <{holds}> (a java.lang.Object)"] * bool(holds)
    return "\n".join(lines)


def dump(*threads: str) -> Profile:
    return decode(("Full thread dump OpenJDK:\n\n" + "\n\n".join(threads) + "\n").encode(), "dump")


def waiters(count: int, frames: str, wants: str = "") -> list[str]:
    return [thread(f"w-{i}", frames, wants=wants) for i in range(count)]


def parked(count: int, frames: str) -> list[str]:
    return [thread(f"p-{i}", frames, state="TIMED_WAITING (parking)") for i in range(count)]


CROSSED = [thread("a", MOVE, wants="0xa", holds="0xb"), thread("b", MOVE, wants="0xb", holds="0xa")]
HOLDER = thread("h", GET, holds="0xa")


@pytest.mark.parametrize(
    ("threads", "kind", "function"),
    [
        (CROSSED, "deadlock", "move"),
        ([HOLDER, *waiters(4, MOVE, "0xa")], "contention", "find"),
        ([HOLDER, *waiters(1, MOVE, "0xa")], "none", ""),
        (parked(4, HIKARI), "pool", "find"),
        (parked(4, ACQUIRE), "pool", "acquire"),
        (waiters(4, ACQUIRE), "none", ""),
        (waiters(8, READ), "upstream", "find"),
        ([*waiters(8, READ), thread("w-9", IDLE)], "none", ""),
        (waiters(8, READ.split(maxsplit=1)[0]), "none", ""),
    ],
)
def test_what_threads_wait_for(threads: list[str], kind: str, function: str) -> None:
    verdict = of_threads(dump(*threads))
    assert (verdict.kind, verdict.function.rpartition(".")[2]) == (kind, function)
    assert verdict.profile is ProfileKind.THREADS
    assert bool(verdict.strength) == (kind != "none")


@pytest.mark.parametrize(("count", "kind"), [(40, "leak"), (2, "none")])
def test_goroutines_that_the_runtime_calls_leaked_need_no_baseline(count: int, kind: str) -> None:
    verdict = leaked(None, shot(LEAKED, {"runtime.gopark runtime.chansend1 main.push main.serve": [count]}, at=9))
    assert (verdict.kind, verdict.function) == (kind, "main.push" if kind == "leak" else "")
