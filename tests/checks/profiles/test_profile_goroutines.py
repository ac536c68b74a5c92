"""Verdicts on goroutine snapshots."""

from __future__ import annotations

import pytest

from diagnose.checks.profiles.goroutines import judge
from diagnose.checks.profiles.own import own_code
from diagnose.checks.profiles.stuck import leaked, stuck
from diagnose.checks.profiles.waits import Wait, wait_of
from diagnose.signals.profile import Frame
from diagnose.sources.profiles.decode import decode
from tests.checks.profiles.shots import GOROUTINE, IDLE, LOCK, PARK, READ, RECEIVE, SELECT, SERVE, TRIP, line, shot

POOL = f"{SELECT} database/sql.(*DB).conn database/sql.(*DB).QueryContext main.query main.handle {SERVE}"
ROWS = f"{READ} database/sql.(*Rows).Next"
WORKER = f"{RECEIVE} main.worker"


def at(*parts: dict[str, list[int]]) -> dict[str, list[int]]:
    return {stack: values for part in (IDLE, *parts) for stack, values in part.items()}


CASES = {
    "a quiet service": ({}, {}, "none", ""),
    "workers that wait for work": ({WORKER: [50]}, {WORKER: [50]}, "none", ""),
    "receivers nobody writes to": ({}, {f"{RECEIVE} main.notify.func1": [400]}, "leak", "main.notify.func1"),
    "senders nobody reads": (
        {},
        {f"{PARK} runtime.chansend runtime.chansend1 main.emit main.collect": [90]},
        "leak",
        "main.emit",
    ),
    "a select without a way out": ({}, {f"{SELECT} main.watch": [90]}, "leak", "main.watch"),
    "a wait group that is never done": (
        {},
        {f"{PARK} runtime.semacquire1 sync.runtime_Semacquire sync.(*WaitGroup).Wait main.gather": [60]},
        "leak",
        "main.gather",
    ),
    "bodies not closed": (
        {f"{SELECT} net/http.(*persistConn).writeLoop": [3], f"{READ} net/http.(*persistConn).readLoop": [3]},
        {f"{SELECT} net/http.(*persistConn).writeLoop": [300], f"{SELECT} net/http.(*persistConn).readLoop": [299]},
        "connections",
        "",
    ),
    "connections in use": (
        {},
        {
            f"{SELECT} net/http.(*persistConn).writeLoop": [80],
            f"{READ} net/http.(*persistConn).readLoop": [80],
            f"{TRIP} main.fetch main.handle {SERVE}": [78],
        },
        "upstream",
        "main.fetch",
    ),
    "a pool that is empty": ({}, {POOL: [28]}, "pool", "main.query"),
    "a pool that somebody holds": (
        {},
        {POOL: [28], f"{ROWS} main.export main.handle {SERVE}": [5]},
        "pool",
        "main.export",
    ),
    "a pool and who comes by": ({}, {POOL: [28], f"{ROWS} main.export main.handle {SERVE}": [1]}, "pool", "main.query"),
    "a pool held past the place where others wait": (
        {},
        {POOL: [9], POOL.replace("main.query", "main.other"): [5], f"time.Sleep main.other main.handle {SERVE}": [4]},
        "pool",
        "main.other",
    ),
    "an answer that does not come over a plain connection": (
        {},
        {f"{READ} github.com/lib/pq.(*conn).recv main.load main.handle {SERVE}": [60]},
        "upstream",
        "main.load",
    ),
    "a lock that somebody works under": (
        {},
        {f"{LOCK} main.price main.handle {SERVE}": [40], f"{PARK} time.Sleep main.price main.handle {SERVE}": [1]},
        "contention",
        "main.price",
    ),
    "locks that wait for each other": (
        {f"{LOCK} main.move main.transfer": [2]},
        {f"{LOCK} main.move main.transfer": [44], f"{PARK} time.Sleep main.other": [1]},
        "deadlock",
        "main.move",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_verdict(name: str) -> None:
    before, during, kind, function = CASES[name]
    verdict = judge(shot(GOROUTINE, at(before)), shot(GOROUTINE, at(during)))
    assert (verdict.kind, verdict.function) == (kind, function)
    assert (verdict.strength >= 0.35) is (kind != "none")
    assert verdict.because


def test_the_sentence_has_numbers_and_a_place() -> None:
    verdict = judge(shot(GOROUTINE, IDLE), shot(GOROUTINE, at({f"{RECEIVE} main.notify.func1": [400]})))
    assert "400 goroutines, 0 in the baseline" in verdict.because
    assert verdict.location == "/app/cmd/shop/main.go:10"
    assert (verdict.total, verdict.before) == (408, 8)


@pytest.mark.parametrize(("count", "kind"), [(20, "none"), (400, "leak")])
def test_without_a_baseline_only_a_crowd_counts_and_counts_less(count: int, kind: str) -> None:
    alone = judge(None, shot(GOROUTINE, at({WORKER: [count]})))
    assert alone.kind == kind
    against = judge(shot(GOROUTINE, IDLE), shot(GOROUTINE, at({WORKER: [400]})))
    assert alone.strength < against.strength


def test_the_one_who_takes_the_profile_does_not_count() -> None:
    looking = f"runtime.goroutineProfileWithLabels runtime/pprof.writeGoroutine net/http/pprof.Index {SERVE}"
    stack = [Frame(*line(name)) for name in looking.split()]
    assert wait_of(stack, {}, own_code([])) is Wait.PROFILER


@pytest.mark.parametrize(
    ("state", "leaf", "wait"),
    [
        ("chan receive", "main.f", Wait.CHANNEL_RECEIVE),
        ("chan send (nil chan)", "main.f", Wait.CHANNEL_SEND),
        ("sync.Mutex.Lock", "main.f", Wait.LOCK),
        ("sync.WaitGroup.Wait", "main.f", Wait.WAIT_GROUP),
        ("semacquire", "sync.(*Mutex).Lock", Wait.LOCK),
        ("semacquire", "sync.(*WaitGroup).Wait", Wait.WAIT_GROUP),
        ("", "sync.(*Cond).Wait", Wait.CONDITION),
        ("", "time.Sleep", Wait.SLEEP),
        ("runnable", "main.f", Wait.RUNNING),
    ],
)
def test_the_dumps_own_word_comes_first(state: str, leaf: str, wait: Wait) -> None:
    stack = [Frame(*line(leaf)), Frame(*line("main.g"))]
    assert wait_of(stack, {"state": state} if state else {}, own_code([shot(GOROUTINE, {"runtime.main": [1]})])) is wait


DUMP = """goroutine 1 [chan receive, {age} minutes]:
testing.(*T).Run(0x1)
\t/usr/lib/go/src/testing/testing.go:1494 +0x1
main.main()
\t/app/main.go:1 +0x1

goroutine 7 [{state}, {age} minutes]:
{lock}main.(*Bank).move(0xc000018150)
\t/app/bank.go:12 +0x1
main.TestBank(0x1)
\t/app/bank_test.go:5 +0x1
testing.tRunner(0x1)
\t/usr/lib/go/src/testing/testing.go:1446 +0x1
created by testing.(*T).Run
\t/usr/lib/go/src/testing/testing.go:1494 +0x1
"""
LOCKING = "sync.(*Mutex).Lock(0xc000018150)\n\t/usr/lib/go/src/sync/mutex.go:90 +0x1\n"


@pytest.mark.parametrize(
    ("state", "lock", "age", "kind"),
    [
        ("chan receive", "", 2, "leak"),
        ("chan send", "", 2, "leak"),
        ("semacquire", LOCKING, 2, "deadlock"),
        ("running", "", 2, "none"),
    ],
)
def test_a_single_goroutine_that_a_test_waits_for_is_stuck(state: str, lock: str, age: int, kind: str) -> None:
    dump = decode(DUMP.format(state=state, lock=lock, age=age).encode(), "x")
    verdict = stuck([dump])
    assert (verdict.kind, [group.function for group in verdict.stuck]) == (
        kind,
        [] if kind == "none" else ["main.(*Bank).move"],
    )


def test_idle_workers_are_not_stuck() -> None:
    early, late = (shot(GOROUTINE, at({WORKER: [8], f"{SELECT} main.loop": [1]}), at=when) for when in (100.0, 200.0))
    verdict = stuck([late, early])
    assert (verdict.kind, verdict.stuck) == ("none", ())
    assert [group.function for group in verdict.others] == ["main.worker", "main.loop"]


def test_text_dumps_lend_creator_and_wait_to_the_profile() -> None:
    profile = shot(GOROUTINE, at({f"{RECEIVE} main.notify": [400]}), at=50.0)
    text = "".join(
        f"goroutine {i} [chan receive, 9 minutes]:\nmain.notify()\n\t/app/cmd/shop/main.go:10 +0x1\n"
        "created by main.order\n\t/app/cmd/shop/main.go:99 +0x1\n\n"
        for i in range(3)
    )
    (group,) = stuck([profile, decode(text.encode(), "x")]).stuck
    assert (group.count, group.wait_s, group.creator) == (400, 540.0, "main.order")


def test_a_busy_lock_does_not_hide_a_leak() -> None:
    during = {
        f"{RECEIVE} main.notify": [200],
        f"{LOCK} main.hold main.loop": [4],
        f"{PARK} time.Sleep main.hold main.loop": [1],
    }
    verdict = stuck([shot(GOROUTINE, at(during))])
    assert (verdict.kind, [group.function for group in verdict.stuck]) == ("leak", ["main.notify"])


def test_what_the_runtime_calls_leaked_is_certain() -> None:
    everything = shot(GOROUTINE, at({f"{RECEIVE} main.once": [1], f"{RECEIVE} main.worker": [1]}))
    sure = shot((("goroutineleak", "count"),), {f"{RECEIVE} main.once": [1]})
    assert [group.function for group in leaked([everything, sure])] == ["main.once"]
    verdict = stuck([sure, everything])
    assert (verdict.kind, [group.function for group in verdict.stuck]) == ("leak", ["main.once"])
