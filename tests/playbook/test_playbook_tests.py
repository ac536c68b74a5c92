"""Playbooks are tested by files beside them, and the tests measure how much they walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.checks.finding import Answer
from diagnose.errors import SpecError
from diagnose.playbook import tell, testing
from diagnose.playbook.given import given
from diagnose.playbook.model import Library
from diagnose.playbook.suggest import suggest
from diagnose.rehearse import rehearse

CASES = """\
cases:
  - name: slow and idle
    given:
      evidence.present: yes
      latency.rose(by=50%): yes
      cpu.jumped: no
      pool.full: yes
    path: [present, slow, back/pool]
    cause: queue-stuck
  - name: slow and idle, seen from the front
    given: {present: yes, latency.rose: yes, cpu.jumped: no}
    path: [present, slow]
    hands_over_to: back
  - name: a person knows
    given: {present: yes, cpu.jumped: yes, deployed: yes}
    cause: bad-deploy
"""


def run(shelf: Path, text: str) -> testing.TestRun:
    file = shelf / "front.test.yaml"
    file.write_text(text, encoding="utf-8")
    return testing.run(file, shelf=shelf, rehearse=rehearse)


def test_good_cases_pass_and_coverage_counts_own_edges(shelf: Path) -> None:
    result = run(shelf, CASES)
    assert result.passed
    assert (result.coverage.nodes, result.coverage.nodes_walked) == (3, 3)
    assert (result.coverage.edges, result.coverage.edges_walked) == (9, 4)
    assert result.coverage.untried == (
        ("present", Answer.NO),
        ("present", Answer.UNKNOWN),
        ("slow", Answer.UNKNOWN),
        ("deployed", Answer.NO),
        ("deployed", Answer.UNKNOWN),
    )
    assert tell.run(result).splitlines() == [
        "front",
        "  ok    slow and idle",
        "  ok    slow and idle, seen from the front",
        "  ok    a person knows",
        "  nodes 3/3, edges 4/9",
        "  not walked: present no, present unknown, slow unknown, deployed no, deployed unknown",
    ]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("{name: x, given: {present: no}, cause: oom-kill}", "expected the cause oom-kill, got inconclusive"),
        ("{name: x, given: {present: no}, path: [present, slow]}", "expected the path present > slow, got present"),
        (
            "{name: x, given: {present: no}, hands_over_to: back}",
            "expected to hand over to back, got the cause inconclusive",
        ),
        (
            "{name: x, given: {presnt: no}, cause: inconclusive}",
            "no check or node of the playbook; did you mean 'present'?",
        ),
        (
            "{name: x, given: {slow: no}, cause: inconclusive}",
            "node 'slow' asks 2 checks; give each: cpu.jumped, latency",
        ),
        ("{name: x, given: {'latency.rose(by=51%)': no}, cause: inconclusive}", "is no check or node"),
    ],
)
def test_a_failed_case_says_what_was_expected(shelf: Path, case: str, said: str) -> None:
    result = run(shelf, f"cases:\n  - {case}\n")
    assert not result.passed
    assert any(said in line for line in tell.run(result).splitlines())
    assert "front.test.yaml:2:5" in tell.run(result)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cases: [{name: x}]", "expects nothing; add path, cause, leaf or hands_over_to"),
        ("cases: [{name: x, cause: y, given: {a: maybe}}]", "expected one of yes, no, unknown"),
        ("case: []", "did you mean 'cases'?"),
        ("", "the file is empty"),
        ("playbook: fornt\ncases: []", "did you mean 'front'?"),
    ],
)
def test_a_wrong_test_file_is_refused(shelf: Path, text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        run(shelf, text)
    assert said in str(caught.value)


def test_more_parameters_go_before_fewer(front: Library) -> None:
    known = given(front, {"latency.rose(by=0.5)": Answer.NO, "latency.rose": Answer.YES})
    assert known.answers == {"latency.rose(by=0.5, for_at_least=300)": Answer.NO}


def test_proposed_cases_pass_and_walk_every_edge(shelf: Path) -> None:
    nothing = testing.coverage(testing.library_of(_empty(shelf), shelf=shelf), [])
    proposed = suggest(testing.library_of(_empty(shelf), shelf=shelf), nothing.untried)
    result = run(shelf, "cases:\n" + proposed)
    assert [outcome.wrong for outcome in result.outcomes if outcome.wrong] == []
    assert result.coverage.untried == ()


def _empty(shelf: Path) -> Path:
    (shelf / "front.test.yaml").write_text("cases:\n", encoding="utf-8")
    return shelf / "front.test.yaml"


TWICE = """\
playbook: twice
title: The same question twice
start: first
nodes:
  first: {ask: One?, check: a.b, yes: second, no: => healthy, unknown: => healthy}
  second: {ask: Two?, not: {check: a.b}, yes: => healthy, no: => oom-kill, unknown: => healthy}
leaves:
  healthy: {remedy: none}
  oom-kill: {remedy: none}
"""


def test_an_edge_that_no_answers_lead_to_is_named(write) -> None:
    shelf = write(twice=TWICE, twice__test="cases: []\n")
    library = testing.library_of(shelf / "twice.test.yaml", shelf=shelf)
    proposed = suggest(library, testing.coverage(library, []).untried)
    assert "# second yes: no answers to the checks lead here" in proposed
    assert "- name: second no" not in proposed  # the first case already goes that way
    assert "cause: oom-kill" in proposed
