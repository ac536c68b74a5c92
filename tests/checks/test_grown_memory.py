"""What grew, by the process's own metrics and by its profiles together."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.catalog import Value, catalogue
from diagnose.checks.examine import align, run
from diagnose.checks.finding import Answer, Culprit, Finding
from diagnose.signals.evidence import Evidence
from diagnose.signals.profile import Profile
from diagnose.signals.series import Series
from diagnose.signals.window import Window
from tests.checks.profiles.shots import GOROUTINE, HEAP, SELECT, SERVE, shot

MIB = 1 << 20
CACHE = f"main.(*Cache).put main.handle {SERVE}"
TIMES = np.arange(1000.0, 2000.0, 10.0)
CLIMB = np.maximum(TIMES - 1400.0, 0.0) / 600.0
DICE = np.random.default_rng(3).normal(size=len(TIMES))


def ask(check: str, name: str, values: np.ndarray, *profiles: Profile, **parameters: Value) -> Finding:
    series = Series(name, (("job", "shop"),), TIMES, values)
    case = align(Evidence(Window(1000.0, 2000.0), series=(series,), profiles=profiles))
    return run(case, catalogue()[check], parameters)


def heap(at: float, mib: int) -> Profile:
    return shot(HEAP, {CACHE: [10, mib * MIB, 10, mib * MIB]}, at=at)


def test_a_heap_that_stays_denies_no_leak_of_a_process_that_grows() -> None:
    grown = (80 + DICE + 600 * CLIMB) * MIB
    found = ask("heap.grew", "process_resident_memory_bytes", grown, heap(1100, 20), heap(1900, 20))
    assert found.answer is Answer.NO
    assert "outside the heap" in found.because
    assert not found.weights


def test_a_heap_that_stays_denies_a_leak_where_the_process_stays_too() -> None:
    found = ask("heap.grew", "process_resident_memory_bytes", (80 + DICE) * MIB, heap(1100, 20), heap(1900, 20))
    assert (found.answer, found.weights.get("memory-leak")) == (Answer.NO, -1.5)


@pytest.mark.parametrize(
    ("now", "culprit"),
    [
        ([9, 1], Culprit("function", "main.follow", "/app/cmd/shop/main.go:10")),
        ([1, 1], Culprit("resource", "go_goroutines", "goroutines")),
        ([9, 14], Culprit("function", "main.watch", "/app/cmd/shop/main.go:10")),
        ([9, 9], Culprit("function", "main.follow", "/app/cmd/shop/main.go:10")),
    ],
)
def test_goroutines_too_few_to_judge_still_name_who_waits(now: list[int], culprit: Culprit) -> None:
    def crowd(at: float, follow: int, watch: int) -> Profile:
        return shot(GOROUTINE, {f"{SELECT} main.follow": [follow], f"{SELECT} main.watch": [watch]}, at=at)

    profiles = (crowd(1100, 1, 1), crowd(1900, *now))
    found = ask("resource.keeps_growing", "go_goroutines", 20 + DICE / 9 + 30 * CLIMB, *profiles, what="goroutines")
    assert found.answer is Answer.YES
    assert found.culprit == culprit
