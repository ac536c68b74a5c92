"""Threads of a JVM: cycles, blockers, pools and heat."""

from __future__ import annotations

from diagnose.checks.profiles.threads import judge
from diagnose.signals.profile import Profile
from diagnose.sources.profiles.decode import decode

HEAD = "Full thread dump OpenJDK 64-Bit Server VM (21+35 mixed mode):\n\n"


def thread(name: str, *lines: str, state: str = "RUNNABLE", cpu: float = 0.01, alive: float = 60.0) -> str:
    body = "".join(f"\t{text}\n" for text in lines)
    return (
        f'"{name}" #1 prio=5 cpu={cpu}s elapsed={alive}s tid=0x1 nid=1 x\n   java.lang.Thread.State: {state}\n{body}\n'
    )


def dump(*threads: str) -> Profile:
    return decode((HEAD + "".join(threads)).encode(), "x")


BLOCKED = "BLOCKED (on object monitor)"
RUN = "at java.lang.Thread.run(java.base@21/Thread.java:1)"
TAKE = "at java.util.concurrent.ThreadPoolExecutor.getTask(java.base@21/ThreadPoolExecutor.java:1)"


def waits(name: str, lock: str, *holds: str, where: str = "com.acme.Bank.move(Bank.java:31)") -> str:
    held = [f"- locked <{one}> (a java.lang.Object)" for one in holds]
    return thread(name, f"at {where}", f"- waiting to lock <{lock}> (a java.lang.Object)", *held, RUN, state=BLOCKED)


def test_a_cycle_of_monitors_is_a_deadlock() -> None:
    verdict = judge([dump(waits("a", "0x1", "0x2"), waits("b", "0x2", "0x1"), waits("c", "0x1"))])
    assert verdict.deadlocks == (("a", "b"),)


def test_owned_locks_count_as_monitors_do() -> None:
    holder = (
        thread("owner", "at com.acme.Job.run(Job.java:5)", RUN)
        + "   Locked ownable synchronizers:\n\t- <0x9> (a X)\n\n"
    )
    parked = thread(
        "parked",
        "at jdk.internal.misc.Unsafe.park(java.base@21/Native Method)",
        "- parking to wait for  <0x9> (a java.util.concurrent.locks.ReentrantLock$NonfairSync)",
        "at com.acme.Job.enter(Job.java:9)",
        state="WAITING (parking)",
    )
    (blocker,) = judge([dump(holder, parked)]).blockers
    assert (blocker.thread, blocker.waiting, blocker.lock) == ("owner", ("parked",), "0x9")
    assert (blocker.function, blocker.location) == ("com.acme.Job.run", "Job.java:5")


def test_the_end_of_the_chain_blocks_all_of_it() -> None:
    holder = thread("slow", "at com.acme.Db.read(Db.java:7)", "- locked <0x1> (a java.lang.Object)", RUN)
    verdict = judge([dump(holder, waits("b", "0x1", "0x2"), waits("c", "0x2"), waits("d", "0x1"))])
    assert [(row.thread, row.blocks) for row in verdict.blockers] == [("slow", 3)]
    assert verdict.deadlocks == ()


def test_waiting_for_a_notification_blocks_nobody() -> None:
    waiter = thread(
        "w",
        "at java.lang.Object.wait0(java.base@21/Native Method)",
        "- waiting on <0x5> (a java.lang.Object)",
        "at com.acme.Queue.take(Queue.java:3)",
        "- locked <0x5> (a java.lang.Object)",
        state="WAITING (on object monitor)",
    )
    verdict = judge([dump(waiter, waiter.replace('"w"', '"v"'))])
    assert (verdict.blockers, verdict.deadlocks) == ((), ())


def test_a_pool_without_an_idle_thread_in_any_dump_is_exhausted() -> None:
    busy = [thread(f"pool-1-thread-{i}", "at com.acme.Work.run(Work.java:4)", RUN) for i in (1, 2)]
    rested = [thread(f"http-{i}", "at com.acme.Web.run(Web.java:4)", RUN) for i in (1, 2)]
    idle = [thread(f"http-{i}", TAKE, RUN, state="WAITING (parking)", alive=90.0) for i in (1, 2)]
    pools = {pool.name: pool for pool in judge([dump(*busy, *rested), dump(*busy, *idle)]).pools}
    assert (pools["pool-1-thread"].exhausted, pools["pool-1-thread"].function) == (True, "com.acme.Work.run")
    assert (pools["http"].exhausted, pools["http"].busy) == (False, 2)


def test_threads_with_a_loop_of_their_own_are_no_pool() -> None:
    loops = [thread(f"payer-{i}", "at com.acme.Pay.loop(Pay.java:4)", RUN) for i in (1, 2)]
    array = "at java.util.concurrent.ArrayBlockingQueue.take(java.base@17/ArrayBlockingQueue.java:420)"
    idle = [thread(f"pool-2-thread-{i}", array, RUN, state="WAITING (parking)") for i in (1, 2)]
    assert not any(pool.exhausted for pool in judge([dump(*loops, *idle)]).pools)


def test_heat_is_cpu_between_the_dumps() -> None:
    first = dump(thread("hot", "at com.acme.A.f(A.java:1)", cpu=5, alive=60), thread("calm", RUN, cpu=9, alive=60))
    last = dump(thread("hot", "at com.acme.A.f(A.java:1)", cpu=12, alive=70), thread("calm", RUN, cpu=9.1, alive=70))
    rows = judge([last, first]).hot
    assert [(row.thread, row.cpu_s, row.span_s, row.hot) for row in rows] == [
        ("hot", 7.0, 10.0, True),
        ("calm", 0.1, 10.0, False),
    ]
    assert rows[0].function == "com.acme.A.f"


def test_socket_reads_are_marked() -> None:
    reader = thread(
        "r", "at sun.nio.ch.NioSocketImpl.park(java.base@21/NioSocketImpl.java:1)", "at com.acme.Get.f(Get.java:2)"
    )
    (group,) = judge([dump(reader)]).groups
    assert (group.socket, group.function, group.count) == (True, "com.acme.Get.f", 1)
