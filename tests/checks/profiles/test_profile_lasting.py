"""Crowds that wait: workers without work, queues that move, and goroutines that nobody will wake."""

from __future__ import annotations

import pytest

from diagnose.checks.profiles.stuck import stuck
from diagnose.sources.profiles.decode import decode
from tests.checks.profiles.shots import GOROUTINE, IDLE, LOCK, PARK, READ, RECEIVE, SELECT, SERVE, shot

SEND = f"{PARK} runtime.chansend runtime.chansend1"
GROUP = f"{PARK} runtime.semacquire1 sync.(*WaitGroup).Wait"
SLEEP = f"{PARK} time.Sleep"
WORKER = f"{RECEIVE} main.(*pool).worker"
LOOPS = {
    f"{READ} net/http.(*persistConn).readLoop": 1,
    f"{SELECT} net/http.(*persistConn).writeLoop": 1,
}


def judged(before: dict[str, int], now: dict[str, int], *, serves: bool = True) -> tuple[str, int]:
    """Kind, and how many goroutines are stuck."""
    doors = {stack: values[0] for stack, values in IDLE.items()} if serves else {}
    first, last = ({key: [n] for key, n in (doors | stacks).items() if n} for stacks in (before, now))
    taken = [shot(GOROUTINE, last, at=160)] + ([shot(GOROUTINE, first, at=100)] if before else [])
    verdict = stuck(taken)
    return verdict.kind, sum(group.count for group in verdict.stuck)


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        pytest.param({WORKER: 5000}, {WORKER: 5000}, "none", id="a pool without work"),
        pytest.param(
            {WORKER: 90, f"{SLEEP} main.work main.(*pool).worker": 10}, {WORKER: 100}, "none", id="a pool at rest"
        ),
        pytest.param({WORKER: 100}, {WORKER: 190}, "leak", id="receivers that become more"),
        pytest.param({}, {WORKER: 300}, "leak", id="a crowd of which nothing else is known"),
        pytest.param({f"{GROUP} main.all": 300}, {f"{GROUP} main.all": 300}, "leak", id="nobody rests in a wait group"),
        pytest.param(
            {f"{SEND} main.(*pipe).push": 40, f"{SLEEP} main.(*pipe).drain": 1},
            {f"{SEND} main.(*pipe).push": 40, f"{SLEEP} main.(*pipe).drain": 1},
            "none",
            id="a full channel that is emptied slowly",
        ),
        pytest.param(
            {f"{SEND} main.push": 1, f"{SLEEP} main.other": 1},
            {f"{SEND} main.push": 1, f"{SLEEP} main.other": 1},
            "leak",
            id="a sender that nobody serves",
        ),
        pytest.param({}, {f"{SLEEP} main.every": 500}, "none", id="sleepers wake"),
        pytest.param(
            {}, {f"{SELECT} main.write": 200, f"{READ} main.read": 200}, "none", id="one writer for each connection"
        ),
        pytest.param(
            {f"{LOCK} main.charge {SERVE}": 20, f"{SLEEP} main.charge {SERVE}": 1},
            {f"{LOCK} main.charge {SERVE}": 40, f"{SLEEP} main.charge {SERVE}": 1},
            "contention",
            id="somebody works under the lock",
        ),
    ],
)
def test_a_service_with_crowds(before: dict[str, int], now: dict[str, int], kind: str) -> None:
    found, count = judged(before, now)
    assert (found, count > 0) == (kind, kind == "leak")


def test_workers_of_a_program_in_which_nothing_moves_are_left_behind() -> None:
    assert judged({WORKER: 300}, {WORKER: 300}, serves=False) == ("leak", 300)


def test_connections_that_are_never_released_are_stuck_in_their_loops() -> None:
    pairs = {stack: 60 * n for stack, n in LOOPS.items()}
    verdict = stuck([shot(GOROUTINE, {stack: [n] for stack, n in pairs.items()})])
    names = sorted(group.function for group in verdict.stuck)
    assert (verdict.kind, names) == ("leak", ["net/http.(*persistConn).readLoop", "net/http.(*persistConn).writeLoop"])


def test_waits_that_end_within_a_minute_make_no_leak() -> None:
    """The dump tells of a wait of a minute, so that those without a time are shorter."""
    main = "goroutine 1 [chan receive, 9 minutes]:\nmain.main()\n\t/app/main.go:9 +0x1d\n"
    busy = "".join(
        f"goroutine {i} [chan send]:\nmain.push(0x1)\n\t/app/main.go:70 +0x25\ncreated by main.start in goroutine 1\n"
        f"\t/app/main.go:5 +0x1d\n\n"
        for i in range(2, 60)
    )
    assert stuck([decode(f"{main}\n{busy}".encode(), "dump")]).kind == "none"
    stale = busy.replace("[chan send]", "[chan send, 3 minutes]")
    assert stuck([decode(f"{main}\n{stale}".encode(), "dump")]).kind == "leak"
