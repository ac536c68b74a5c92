"""What mutex and block profiles say, and who stands behind a resource."""

from __future__ import annotations

import pytest

from diagnose.checks.profiles.callers import callers_of_database, callers_of_http_client, openers_of_files
from diagnose.checks.profiles.locks import judge
from diagnose.checks.profiles.pairs import pairs
from diagnose.signals.profile import ProfileKind
from diagnose.sources.profiles.decode import decode
from tests.checks.profiles.shots import CPU, DELAY, HEAP, SERVE, shot

S = 10**9
UNLOCK = f"sync.(*Mutex).Unlock main.rebuild main.refresh {SERVE}"
LOCK = f"sync.(*Mutex).Lock main.lookup main.handle {SERVE}"
LOOP = "runtime.selectgo main.loop"
WAIT = f"runtime.chanrecv1 main.pee {SERVE}"


def test_the_holder_is_blamed_and_idle_loops_are_not() -> None:
    base = {LOOP: [1, 500 * S]}
    verdict = judge(
        shot(DELAY, {UNLOCK: [1, S]}, at=100),
        shot(DELAY, {UNLOCK: [90, 31 * S]}, at=160),
        shot(DELAY, base, at=100),
        shot(DELAY, {**base, LOCK: [90, 45 * S], LOOP: [2, 900 * S]}, at=160),
    )
    assert (verdict.kind, verdict.function) == ("contention", "main.rebuild")
    assert (verdict.holders[0].per_s, verdict.waiters[0].function, verdict.wait_per_s) == (0.5, "main.lookup", 0.75)
    assert verdict.began == ()


def test_waiters_alone_are_named_when_no_mutex_profile_is_there() -> None:
    verdict = judge(None, None, shot(DELAY, {LOCK: [1, 0]}, at=10), shot(DELAY, {LOCK: [9, 20 * S]}, at=20))
    assert (verdict.kind, verdict.function) == ("contention", "main.lookup")


@pytest.mark.parametrize(("base_at", "rate"), [(0.0, None), (100.0, 0.0)])
def test_no_rate_without_two_times(base_at: float, rate: float | None) -> None:
    base, now = shot(DELAY, {UNLOCK: [1, S]}, at=base_at), shot(DELAY, {UNLOCK: [1, S]}, at=200)
    verdict = judge(base, now, None, None)
    assert (verdict.kind, verdict.wait_per_s) == ("none", rate)


def test_nothing_given_is_said() -> None:
    assert "no mutex or block profile" in judge(None, None, None, None).because


def test_what_began_to_wait_is_listed() -> None:
    verdict = judge(
        None, None, shot(DELAY, {LOOP: [1, S]}, at=10), shot(DELAY, {LOOP: [9, 9 * S], WAIT: [9, 9 * S]}, at=20)
    )
    assert [(site.function, site.per_s) for site in verdict.began] == [("main.pee", 0.9)]
    assert (verdict.kind, verdict.function, verdict.wait_per_s) == ("waiting", "main.pee", 0.9)
    assert verdict.strength == pytest.approx(0.949)


def test_a_goroutine_of_its_own_may_wait_for_work() -> None:
    worker = "runtime.chanrecv1 main.loop"
    verdict = judge(None, None, shot(DELAY, {LOOP: [1, S]}, at=10), shot(DELAY, {worker: [9, 9 * S]}, at=20))
    assert (verdict.kind, verdict.began) == ("none", ())


def test_pairs_lie_on_both_sides_of_the_onset() -> None:
    shots = [shot(CPU, {"main.f": [1, 1]}, at=at, seconds=1) for at in (300, 100, 200, 400)]
    (base, incident) = pairs(shots, onset=250.0)[ProfileKind.CPU]
    assert (base and base.taken_at, incident.taken_at) == (200, 400)
    (base, incident) = pairs(shots, onset=None)[ProfileKind.CPU]
    assert (base and base.taken_at, incident.taken_at) == (100, 400)
    assert pairs(shots, onset=50.0)[ProfileKind.CPU][0] is None
    assert ProfileKind.CPU not in pairs(shots, onset=500.0)


def test_undated_dumps_are_ordered_by_their_goroutines_and_come_last() -> None:
    dumps = [decode(f"goroutine {i} [running]:\nmain.f()\n\t/a.go:1 +0x1\n".encode(), str(i)) for i in (90, 7, 40)]
    (base, incident) = pairs(dumps, onset=10.0)[ProfileKind.GOROUTINE]
    assert (base and base.source, incident.source) == ("7", "90")
    dated = shot((("goroutine", "count"),), {"main.f": [1]}, at=20)
    assert pairs([*dumps, dated], onset=10.0)[ProfileKind.GOROUTINE] == (None, dated)


def test_an_empty_contention_profile_is_the_base_of_either() -> None:
    empty, later = shot(DELAY, {}, at=10), shot(DELAY, {LOCK: [1, S]}, at=20)
    assert pairs([empty, later], onset=15.0)[ProfileKind.BLOCK] == (empty, later)


CLIENT = "net/http.(*Transport).getConn net/http.(*Transport).RoundTrip net/http.(*Client).Do"
TRIP = "runtime.selectgo net/http.(*persistConn).roundTrip net/http.(*Client).Do"
BODY = "runtime.chanrecv1 net/http.(*bodyEOFSignal).Read io.ReadAll"


def test_the_growing_caller_leads() -> None:
    before = {f"{CLIENT} main.old main.handle {SERVE}": [10, 10, 0, 0], f"{CLIENT} main.new": [0, 0, 0, 0]}
    after = {f"{CLIENT} main.old main.handle {SERVE}": [11, 11, 0, 0], f"{CLIENT} main.new": [9, 9, 9, 9]}
    found = callers_of_http_client([shot(HEAP, before, at=1), shot(HEAP, after, at=2)])
    assert [name for name, _, _ in found] == ["main.new"]
    assert found[0][1] == "/app/cmd/shop/main.go:10"


def test_a_wrapper_gives_way_to_the_caller_that_leaves_bodies_unread() -> None:
    def counts(trips: dict[str, int], reads: dict[str, int], at: float) -> dict[str, list[int]]:
        rows = {f"{TRIP} main.get main.{name} main.guard {SERVE}": [n, n] for name, n in trips.items()}
        return rows | {f"{BODY} main.{name} main.guard {SERVE}": [n, n] for name, n in reads.items()}

    before = counts({"rates": 1000, "sticker": 500}, {"rates": 500, "sticker": 250}, 1)
    after = counts({"rates": 2000, "sticker": 1000}, {"rates": 1000, "sticker": 300}, 2)
    found = callers_of_http_client([shot(DELAY, before, at=1), shot(DELAY, after, at=2)])
    assert found[0][0] == "main.sticker"


def test_openers_are_named_even_when_nothing_new_was_sampled() -> None:
    stacks = {f"syscall.Open os.open os.OpenFile os.Open main.layout main.handle {SERVE}": [8, 8, 0, 0]}
    found = openers_of_files(
        [shot(HEAP, stacks, at=1, default="alloc_space"), shot(HEAP, stacks, at=2, default="alloc_space")]
    )
    assert [name for name, _, _ in found] == ["main.layout"]


def test_an_own_dialer_is_not_who_asked() -> None:
    stacks = {
        "net.(*Dialer).DialContext main.dialer net/http.(*Transport).dialConn net/http.(*Transport).dialConnFor": [
            1,
            1,
            1,
            1,
        ]
    }
    assert openers_of_files([shot(HEAP, stacks)]) == []


def test_who_uses_the_database() -> None:
    stacks = {f"database/sql.(*DB).conn database/sql.(*DB).Query main.load main.handle {SERVE}": [4]}
    found = callers_of_database([shot((("goroutine", "count"),), stacks)])
    assert found == [("main.load", "/app/cmd/shop/main.go:10", 1.0)]
