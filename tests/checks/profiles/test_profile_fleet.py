"""Many instances of one service: which place grows on how many, and who is not like the rest."""

from __future__ import annotations

import random

import pytest

from diagnose.checks.profiles.fleet import FleetVerdict, held, judge
from diagnose.signals.profile import Profile
from diagnose.sources.profiles.decode import decode
from tests.sources.profiles.made import Made

HEAP = [("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"), ("inuse_space", "bytes")]
MIB = 1 << 20


def heap(at: int, **held_by: float) -> Profile:
    """A heap profile: MiB in use by function of `main`."""
    made = Made(HEAP, time_ns=at * 10**9)
    for name, mib in held_by.items():
        size = int(mib * MIB)
        made.add([f"main.{name}", "main.main"], [size // 100, size, size // 100, size])
    return decode(made.bytes(), "made")


def fleet(count: int, sick: dict[int, float], *, everywhere: float = 0.0, base: bool = True) -> FleetVerdict:
    """Instances that differ by a third from each other; `sick` hold so many MiB more, all grow by `everywhere`."""
    dice = random.Random(7)
    rows = []
    for i in range(count):
        size = 30 * dice.uniform(0.7, 1.3)
        more = everywhere * dice.uniform(0.7, 1.3) + sick.get(i, 0.0)
        shots = [heap(1, cache=size, keep=1.0)] if base else []
        rows += held(f"i{i:02d}", [*shots, heap(600, cache=size * 1.02, keep=1.0 + more)])
    return judge(rows)


@pytest.mark.parametrize("base", [True, False])
def test_one_sick_instance_among_healthy_ones_stands_out(base: bool) -> None:
    verdict = fleet(30, {11: 40.0}, base=base)
    assert verdict.kind == "sick"
    ((name, sites),) = verdict.sick
    assert (name, [site.function for site in sites]) == ("i11", ["main.keep"])


def test_a_leak_of_all_is_no_sickness_of_one() -> None:
    verdict = fleet(30, {}, everywhere=40.0)
    assert verdict.kind == "leak"
    assert verdict.sick == ()
    (site,) = verdict.sites
    assert (site.function, site.grew_on, site.of) == ("main.keep", 30, 30)
    assert site.typical == pytest.approx(40 * MIB, rel=0.1)


def test_the_worst_of_a_leak_is_named() -> None:
    verdict = fleet(30, {3: 400.0}, everywhere=40.0)
    assert verdict.kind == "leak"
    assert [name for name, _ in verdict.sick] == ["i03"]
    assert verdict.sites[0].worst == "i03"


@pytest.mark.parametrize("base", [True, False])
def test_healthy_instances_differ_and_stay_healthy(base: bool) -> None:
    assert fleet(30, {}, base=base).kind == "none"


def test_of_two_nobody_stands_out() -> None:
    assert fleet(2, {1: 40.0}, base=False).kind == "none"


def test_without_a_first_snapshot_nothing_is_said_of_growth() -> None:
    (site, *_) = fleet(30, {11: 40.0}, base=False).sites
    assert site.grew_on is None


def test_goroutines_that_wait_are_compared() -> None:
    rows = []
    for i in range(8):
        made = Made([("goroutine", "count")], time_ns=10**18)
        made.add(["runtime.gopark", "runtime.chansend1", "main.push", "main.serve"], [3 + i % 2 + 200 * (i == 5)])
        rows += held(f"i{i}", [decode(made.bytes(), "made")])
    verdict = judge(rows)
    assert [(name, sites[0].function) for name, sites in verdict.sick] == [("i5", "main.push")]
