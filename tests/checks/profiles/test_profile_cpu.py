"""What a CPU profile says against its baseline."""

from __future__ import annotations

import pytest

from diagnose.checks.profiles.cpu import judge
from tests.checks.profiles.shots import CPU, SERVE, shot

TEN_MS = 10_000_000
WRAP = f"main.wrap.func1 main.route {SERVE}"


def used(samples: int) -> list[int]:
    return [samples, samples * TEN_MS]


QUIET = {f"syscall.Syscall main.log {WRAP}": used(8)}
CASES = {
    "nothing": (QUIET, {f"syscall.Syscall main.log {WRAP}": used(9)}, "none", ""),
    "a pattern compiled again and again": (
        QUIET,
        {**QUIET, f"regexp.compile regexp.MustCompile main.match {WRAP}": used(400)},
        "hot",
        "main.match",
    ),
    "the work is two calls below the handler": (
        QUIET,
        {f"main.inner main.outer {WRAP}": used(250), f"main.outer {WRAP}": used(20)},
        "hot",
        "main.inner",
    ),
    "two hot helpers of one caller": (
        QUIET,
        {f"main.a main.plan {WRAP}": used(150), f"main.b main.plan {WRAP}": used(150)},
        "hot",
        "main.plan",
    ),
    "collecting garbage": (
        QUIET,
        {"runtime.scanobject runtime.gcDrain runtime.gcBgMarkWorker": used(300), f"main.render {WRAP}": used(30)},
        "gc",
        "main.render",
    ),
    "the kernel": (QUIET, {"syscall.Syscall internal/poll.(*FD).Write bufio.(*Writer).Flush": used(300)}, "system", ""),
    "here and there": (QUIET, {f"strconv.Itoa{i} fmt.Sprint": used(20) for i in range(9)}, "spread", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_verdict(name: str) -> None:
    before, during, kind, function = CASES[name]
    verdict = judge(shot(CPU, before, at=1, seconds=10), shot(CPU, during, at=100, seconds=10))
    assert (verdict.kind, verdict.function) == (kind, function)


def test_cores_and_parts() -> None:
    verdict = judge(None, shot(CPU, {"runtime.gcBgMarkWorker": used(100), f"main.f {WRAP}": used(300)}, seconds=2))
    assert verdict.cores == 2.0
    assert (verdict.before, verdict.parts["gc"]) == (None, 0.25)
    assert [(row.function, row.cores) for row in verdict.functions][:1] == [("main.f", 1.5)]


def test_taking_the_profile_is_not_own_work() -> None:
    verdict = judge(
        None, shot(CPU, {f"compress/flate.f runtime/pprof.f net/http/pprof.Index {WRAP}": used(300)}, seconds=2)
    )
    assert verdict.function == ""


def test_a_profile_that_does_not_know_its_length_has_no_cores() -> None:
    assert judge(None, shot(CPU, {"main.f": used(900)})).cores is None
