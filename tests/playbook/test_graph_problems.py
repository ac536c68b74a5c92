"""What only the whole graph can tell, each with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from diagnose.playbook import graph, lint, load
from diagnose.playbook.model import Library, Problem, Severity

BOOK = """\
playbook: small
title: Small
start: first
nodes:
  first: {ask: One?, check: cpu.jumped, yes: second, no: => mine, unknown: => mine}
  second: {ask: Two?, check: pool.full, yes: => mine, no: => mine, unknown: => mine}
causes: {mine: Of my own}
leaves:
  mine: {remedy: x}
"""

# What is replaced, by what, the code, the line and column, and words of the message.
WRONG = [
    ("start: first", "start: frist", "dangling", "3:8", "no node 'frist' in 'small'; did you mean 'first'?"),
    ("yes: second", "yes: secnod", "dangling", "5:46", "no node 'secnod' in 'small'; did you mean 'second'?"),
    ("yes: second", "yes: mine", "dangling", "5:46", "write '=> mine' for the leaf"),
    ("yes: second", "yes: other", "dangling", "5:46", "write '-> other' for the playbook"),
    ("yes: second", "yes: => second", "dangling", "5:46", "write 'second' without an arrow for the node"),
    ("yes: second", "yes: => mime", "dangling", "5:46", "no leaf 'mime'; did you mean 'mine'?"),
    ("yes: second", "yes: -> othre", "dangling", "5:46", "no playbook 'othre'; did you mean 'other'?"),
    ("yes: second", "yes: -> other/frist", "dangling", "5:46", "has no node 'frist'; did you mean 'first'?"),
    ("yes: second", "yes: -> ends", "dangling", "5:46", "has no node 'to start with'"),
    ("yes: second", "yes: => mine", "unreachable", "6:11", "node 'second' is never reached"),
    ("pool.full, yes: => mine", "pool.full, yes: first", "cycle", "5:10", "small/first -> small/second -> small/first"),
    ("check: pool.full", "check: pool.ful", "unknown-check", "6:30", "did you mean 'pool.full'?"),
    ("check: pool.full", "check: nothing.alike", "unknown-check", "6:30", "`diagnose playbook checks` lists them"),
    ("check: pool.full", "check: pool.full, with: {x: 1}", "unknown-parameter", "6:51", "it takes none"),
    ("check: pool.full", "check: latency.rose, with: {bye: 1}", "unknown-parameter", "6:56", "did you mean 'by'?"),
    ("check: pool.full", "check: latency.rose, with: {by: 5m}", "wrong-unit", "6:55", "written in s, expected ratio"),
    (
        "check: pool.full",
        "check: evidence.present, with: {min_signals: 5m}",
        "wrong-unit",
        "6:68",
        "expected a plain number",
    ),
    ("check: pool.full", "check: latency.rose, with: {by: much}", "wrong-type", "6:55", "must be a number (ratio)"),
    ("check: pool.full", "check: latency.rose, with: {by: true}", "wrong-type", "6:55", "must be a number (ratio)"),
    (
        "check: pool.full",
        "check: evidence.present, with: {min_signals: 1.5}",
        "wrong-type",
        "6:68",
        "must be a whole number",
    ),
    ("check: pool.full", "check: log.says", "missing-parameter", "6:30", "log.says needs the parameter 'about'"),
    ("check: pool.full", "check: log.says, with: {about: x}", "wrong-type", "6:54", "must be a list of words"),
    (
        "check: pool.full",
        "check: log.says, with: {about: [x], loud: 'yes'}",
        "wrong-type",
        "6:65",
        "must be true or false",
    ),
    ("check: pool.full", "query: {promql: 5m, above: 1}", "wrong-type", "6:39", "put it in quotes"),
    ("check: pool.full", "log: {patern: x}", "unknown-key", "6:29", "did you mean 'pattern'?"),
    ("causes: {mine: Of my own}", "", "unknown-cause", "9:9", "a cause of your own needs a title under causes"),
    (
        "mine: {remedy: x}",
        "mine: {cause: goroutin-leak, remedy: x}",
        "unknown-cause",
        "9:17",
        "did you mean 'goroutine-leak'?",
    ),
]
OTHER = BOOK.replace("small", "other")
ENDS = "playbook: ends\ntitle: Ends\nleaves:\n  healthy: {remedy: none}\n"


@pytest.fixture
def linted(write, catalogue) -> Callable[[str], tuple[Problem, ...]]:
    def of(text: str) -> tuple[Problem, ...]:
        shelf = write(small=text, other=OTHER, ends=ENDS)
        return lint.lint([shelf / "small.yaml"], shelf=shelf, catalogue=catalogue)

    return of


@pytest.mark.parametrize(("old", "new", "code", "at", "words"), WRONG, ids=lambda value: str(value)[:24])
def test_a_problem_is_told_with_its_place(linted, old: str, new: str, code: str, at: str, words: str) -> None:
    assert old in BOOK
    problems = linted(BOOK.replace(old, new))
    told = [problem for problem in problems if problem.code == code]
    assert [f"{problem.place.line}:{problem.place.column}" for problem in told] == [at], problems
    assert words in told[0].message


def test_a_good_playbook_has_no_problems(front: Library, catalogue) -> None:
    assert graph.validate(front, catalogue) == ()


def test_a_leaf_that_nobody_uses_is_a_warning(write, catalogue) -> None:
    shelf = write(small=BOOK + "  healthy: {remedy: none}\n")
    (problem,) = graph.validate(load.load("small", shelf=shelf), catalogue)
    assert (problem.code, problem.severity, problem.place.line) == ("unused-leaf", Severity.WARNING, 10)
    assert lint.errors([problem]) == ()


def test_a_leaf_that_only_a_neighbour_uses_is_used(write, catalogue) -> None:
    shelf = write(
        small=BOOK + "  healthy: {remedy: none}\n",
        user=BOOK.replace("small", "user").replace("no: => mine", "no: => small/healthy"),
    )
    assert lint.lint([shelf / "small.yaml"], shelf=shelf, catalogue=catalogue) == ()
    assert lint.lint([shelf], shelf=shelf, catalogue=catalogue) == ()


def test_a_circle_through_two_playbooks_is_found(write, catalogue) -> None:
    shelf = write(
        small=BOOK.replace("yes: second", "yes: -> other"), other=OTHER.replace("yes: second", "yes: -> small")
    )
    told = [
        problem.message
        for problem in graph.validate(load.load("small", shelf=shelf), catalogue)
        if problem.code == "cycle"
    ]
    assert told == ["a walk could go in a circle: other/first -> small/first -> other/first; cut one edge"]


def test_a_broken_neighbour_does_not_hide_ones_own_problems(write, catalogue) -> None:
    shelf = write(small=BOOK.replace("pool.full", "pool.ful"), other="playbook: other\n")
    problems = lint.lint([shelf / "small.yaml"], shelf=shelf, catalogue=catalogue)
    assert [problem.code for problem in problems] == ["unknown-check"]


def test_a_playbook_that_leads_into_a_broken_one_says_so(write, catalogue) -> None:
    shelf = write(small=BOOK.replace("yes: second", "yes: -> other"), other="playbook: other\n")
    problems = lint.lint([shelf / "small.yaml"], shelf=shelf, catalogue=catalogue)
    assert [problem.code for problem in problems] == ["unreadable"]
    assert "other.yaml:1:1" in problems[0].message


def test_lint_reads_tests_too(shelf: Path, catalogue) -> None:
    (shelf / "front.test.yaml").write_text("cases:\n  - name: x\n    given: {a: perhaps}\n")
    problems = lint.lint([shelf], shelf=shelf, catalogue=catalogue)
    assert {problem.code for problem in problems} == {"unknown-word", "missing-key"}


def test_the_graph_has_every_answer(front: Library) -> None:
    drawn = graph.digraph(front)
    assert drawn.edges["front/slow", "front/deployed"]["answers"] == ("no", "unknown")
    assert sum(len(data["answers"]) for _, _, data in drawn.edges(data=True)) == 4 * 3
