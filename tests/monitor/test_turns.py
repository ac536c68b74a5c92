"""A watch tells what has changed, and nothing else."""

from __future__ import annotations

import itertools

import pytest

from diagnose.monitor.configuration import Service
from diagnose.monitor.health import Checkup, Health, HealthFinding
from diagnose.monitor.rounds import JITTER, rounds, ticks
from diagnose.monitor.turns import Known, line, turns
from diagnose.monitor.watch import message, orders

WELL = HealthFinding("shop", "all", Health.OK, "11 of 13 checks could judge")
BLIND = HealthFinding("shop", "metrics", Health.UNKNOWN, "no answer")


def slow(status: Health = Health.WARNING) -> HealthFinding:
    return HealthFinding("shop", "requests.slow", status, "latency went up")


def full(status: Health = Health.CRITICAL) -> HealthFinding:
    return HealthFinding("shop", "limit(disk)", status, "disk at 98%")


def told(*passes: tuple[HealthFinding, ...]) -> list[list[str]]:
    known: Known = {}
    said = []
    for found in passes:
        known, turned = turns(known, Checkup(found))
        said.append([f"{one.finding.check} {one.finding.status.name} {one.was and one.was.name}" for one in turned])
    return said


@pytest.mark.parametrize(
    ("passes", "said"),
    [
        ([(WELL,), (WELL,), (WELL,)], [["all OK None"], [], []]),
        ([(WELL,), (slow(),), (slow(),)], [["all OK None"], ["requests.slow WARNING None"], []]),
        (
            [(slow(),), (slow(Health.CRITICAL),), (slow(),), (slow(),)],
            [
                ["requests.slow WARNING None"],
                ["requests.slow CRITICAL WARNING"],
                [],
                ["requests.slow WARNING CRITICAL"],
            ],
        ),
        ([(slow(),), (WELL,), (WELL,)], [["requests.slow WARNING None"], [], ["requests.slow OK WARNING"]]),
        ([(slow(),), (WELL,), (slow(),), (WELL,)], [["requests.slow WARNING None"], [], [], []]),
        (
            [(slow(), full()), (slow(),), (slow(),)],
            [["limit(disk) CRITICAL None", "requests.slow WARNING None"], [], ["limit(disk) OK CRITICAL"]],
        ),
        (
            [(slow(),), (BLIND,), (BLIND,), (BLIND,), (slow(),)],
            [["requests.slow WARNING None"], ["metrics UNKNOWN None"], [], [], []],
        ),
        (
            [(WELL,), (BLIND,), (WELL,), (WELL,)],
            [["all OK None"], ["metrics UNKNOWN None"], [], ["metrics OK UNKNOWN"]],
        ),
    ],
    ids=["well", "worse", "better twice", "over", "on the edge", "one of two is over", "blind", "sees again"],
)
def test_worse_is_told_at_once_and_better_when_it_lasts(
    passes: list[tuple[HealthFinding, ...]], said: list[list[str]]
) -> None:
    assert told(*passes) == said


def test_a_turn_is_one_line_that_says_what_it_was() -> None:
    known, (first,) = turns({}, Checkup((slow(),)))
    _, (second,) = turns(known, Checkup((slow(Health.CRITICAL),)))
    assert line(first) == "WARNING  shop: requests.slow: latency went up"
    assert line(second) == "CRITICAL shop: requests.slow: latency went up (was WARNING)"


def test_a_team_is_told_of_all_but_a_well_start() -> None:
    _, well = turns({}, Checkup((WELL,)))
    _, ill = turns({}, Checkup((slow(), full())))
    assert message(well) == ""
    assert message(ill).splitlines() == [line(one) for one in ill]


def test_what_becomes_critical_is_ordered_once_a_service() -> None:
    shop = Service(name="shop", prometheus="http://prometheus:9090", select='job="shop"', logs=("-x.log",))
    _, turned = turns({}, Checkup((slow(Health.CRITICAL), full())))
    (order,) = orders(turned, [shop, Service(name="depot")], 1769828400.0)
    assert order.arguments == (
        "--prometheus=http://prometheus:9090",
        '--select=job="shop"',
        "--at=2026-01-31T03:00:00Z",
        "--logs=-x.log",
    )
    _, warned = turns({}, Checkup((slow(),)))
    assert list(orders(warned, [shop], 0.0)) == []


def test_passes_keep_their_pace_and_leave_out_what_was_missed() -> None:
    now, slept = [100.0], []

    def sleep(span: float) -> None:
        slept.append(span)
        now[0] += span

    pace = ticks(10.0, sleep=sleep, clock=lambda: now[0], chance=lambda: 1.0)
    lasts = [1.0, 3.0, 35.0, 1.0]
    for spent in lasts:
        next(pace)
        now[0] += spent
    next(pace)
    late = 10.0 * JITTER
    assert slept == pytest.approx([9.0 + late, 7.0 - late + late, 0.0 + late, 10.0 - 1.0 - late + late])


def test_rounds_tell_when_what_was_found_and_what_turned() -> None:
    clock = itertools.count(1_769_828_400.0, 60.0)
    service = Service(name="shop", metrics="none.om")
    passes = list(rounds([service], itertools.repeat(None, 3), clock=lambda: next(clock)))
    assert [at for at, _, _ in passes] == [1_769_828_400.0, 1_769_828_460.0, 1_769_828_520.0]
    assert [[one.finding.status for one in turned] for _, _, turned in passes] == [[Health.UNKNOWN], [], []]
