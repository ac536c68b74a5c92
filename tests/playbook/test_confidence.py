"""How sure a verdict is: what looks the same shares, until something tells it apart."""

from __future__ import annotations

import pytest

from diagnose.checks.alike import CALLS_FAIL
from diagnose.checks.finding import Answer, Finding, no, yes
from diagnose.playbook.confidence import FLOOR, rank
from diagnose.playbook.model import Leaf, Place
from diagnose.playbook.walk import Walk

REACHED = Walk((), Leaf("errors", "dependency-down", "dependency-down", Place("x", 1, 1)))
CALLS = "upstream.fails(at_least=0.4)"
FAILING = yes("calls fail", strength=1.0, weights={"dependency-down": 1.0}, alike=CALLS_FAIL)
SAID = yes("connection refused", strength=1.0, weights={"dependency-down": 4.0})


def quiet(cause: str) -> Finding:
    return no(f"no message speaks of {cause}", weights={cause: -2.0})


def sure(findings: dict[str, Finding]) -> float:
    return rank(REACHED, findings)[0].confidence


def test_a_symptom_that_six_causes_share_proves_none() -> None:
    ranked = rank(REACHED, {CALLS: FAILING})
    assert ranked[0].confidence < FLOOR
    assert {one.cause for one in ranked[:6]} == set(CALLS_FAIL)


def test_a_look_alike_that_something_denies_takes_less() -> None:
    shares = [
        sure({CALLS: FAILING} | {f"log.says(cause={cause})": quiet(cause) for cause in CALLS_FAIL[:number]})
        for number in (0, 2)
    ]
    assert shares[0] < shares[1]


def test_what_names_the_cause_outright_leaves_nothing_to_share() -> None:
    assert sure({CALLS: FAILING, "log.says(cause=dependency-down)": SAID}) > 0.9


@pytest.mark.parametrize("answer", [Answer.NO, Answer.UNKNOWN])
def test_only_what_holds_has_look_alikes(answer: Answer) -> None:
    weak = Finding(answer, 1.0, "not seen", alike=frozenset(CALLS_FAIL))
    assert sure({CALLS: weak}) == sure({})


def test_a_finding_that_speaks_louder_for_another_cause_tells_nothing_apart() -> None:
    """Restarts speak for a crash and a little for a kill; with memory that fell at each, either may have been it."""
    killed = Walk((), Leaf("oom-kill", "oom-kill", "oom-kill", Place("x", 1, 1)))
    restarts = yes("3 starts", strength=1.0, weights={"crash-loop": 4.0, "oom-kill": 1.0}, alike={"oom-kill"})
    fell = yes("memory fell", strength=1.0, weights={"oom-kill": 4.0}, alike={"crash-loop"})
    ranked = rank(killed, {"restarts.repeated": restarts, "memory.killed": fell})
    assert ranked[0].confidence < FLOOR
    assert {one.cause for one in ranked[:2]} == {"oom-kill", "crash-loop"}
