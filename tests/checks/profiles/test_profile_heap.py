"""What the heap and its allocations say."""

from __future__ import annotations

import pytest

from diagnose.checks.profiles.heap import allocation, judge, restarted
from tests.checks.profiles.shots import HEAP, SERVE, shot

MIB = 1 << 20
CACHE = f"main.(*Cache).put main.handle {SERVE}"
OTHER = f"encoding/json.Marshal main.reply {SERVE}"
BUFFER = "bufio.NewReaderSize net/http.(*Transport).dialConn"


def held(mib: float, allocated: float | None = None) -> list[int]:
    return [10, int((mib if allocated is None else allocated) * MIB), 10, int(mib * MIB)]


CASES = {
    "nothing grew": ({CACHE: held(5)}, {CACHE: held(5.5)}, "none", ""),
    "a cache that grows": (
        {CACHE: held(5), OTHER: held(2)},
        {CACHE: held(60), OTHER: held(3)},
        "growth",
        "main.(*Cache).put",
    ),
    "a library call is the caller's": ({OTHER: held(1)}, {OTHER: held(40)}, "growth", "main.reply"),
    "buffers of connections": ({BUFFER: held(1)}, {BUFFER: held(30), CACHE: held(2)}, "connections", ""),
    "a client made anew on each call": (
        {BUFFER: held(1)},
        {BUFFER: held(30), "github.com/redis/go-redis/v9.newConnPool main.dialStore main.handle": held(2)},
        "connections",
        "main.dialStore",
    ),
    "here and there": (
        {"main.a": held(1)},
        {f"main.f{i}": held(3) for i in range(9)},
        "spread",
        "",
    ),
    "small in a large heap": ({CACHE: held(400)}, {CACHE: held(440)}, "none", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_verdict(name: str) -> None:
    before, during, kind, function = CASES[name]
    verdict = judge(shot(HEAP, before, at=100), shot(HEAP, during, at=200))
    assert (verdict.kind, verdict.function) == (kind, function)
    assert (verdict.strength > 0) is (kind != "none")


def test_growth_has_a_share_a_place_and_numbers() -> None:
    verdict = judge(shot(HEAP, {CACHE: held(5)}, at=1), shot(HEAP, {CACHE: held(45), OTHER: held(10)}, at=61))
    assert (verdict.growth, verdict.sites[0].growth, verdict.sites[0].share) == (50 * MIB, 40 * MIB, 0.8)
    assert "from 5.0 MiB to 55.0 MiB" in verdict.because
    assert verdict.location == "/app/cmd/shop/main.go:10"


def test_without_a_baseline_it_is_said_with_less_weight() -> None:
    alone = judge(None, shot(HEAP, {CACHE: held(60)}))
    against = judge(shot(HEAP, {CACHE: held(2)}, at=1), shot(HEAP, {CACHE: held(60)}, at=2))
    assert (alone.kind, against.kind) == ("growth", "growth")
    assert 0 < alone.strength < against.strength / 2


def test_the_largest_allocator_and_its_rate() -> None:
    base = shot(HEAP, {CACHE: held(1, 10), OTHER: held(1, 10)}, at=100)
    now = shot(HEAP, {CACHE: held(1, 30), OTHER: held(1, 410)}, at=110)
    rate, site = allocation(base, now)
    assert rate == 42 * MIB
    assert site is not None
    assert (site.function, site.growth) == ("main.reply", 400 * MIB)


@pytest.mark.parametrize(("now", "kind"), [(12, "none"), (60, "growth")])
def test_a_new_process_is_not_compared_as_if_it_were_the_old(now: float, kind: str) -> None:
    base, incident = shot(HEAP, {CACHE: held(8, 900)}, at=1), shot(HEAP, {CACHE: held(now)}, at=2)
    assert restarted(base, incident)
    verdict = judge(base, incident)
    assert (verdict.kind, verdict.allocated_per_s) == (kind, None)


def test_a_heap_without_samples_says_nothing() -> None:
    verdict = judge(None, shot(HEAP, {}))
    assert (verdict.kind, verdict.now, verdict.sites) == ("none", 0, ())


def test_large_pieces_are_told() -> None:
    before, during = (
        shot(HEAP, {CACHE: [9, MIB, 9, MIB]}, at=1),
        shot(HEAP, {CACHE: [200, 40 * MIB, 200, 40 * MIB]}, at=2),
    )
    assert "in pieces of 209 KiB each" in judge(before, during).because
    small = shot(HEAP, {CACHE: [90_000, 40 * MIB, 90_000, 40 * MIB]}, at=2)
    assert "pieces" not in judge(before, small).because
