"""Lint reads the tests beside playbooks too, and says all that is wrong at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.checks.catalog import catalogue
from diagnose.playbook import lint
from diagnose.playbook.parameters import unbalanced

SHELF = Path(__file__).parents[2] / "playbooks"
SPECS = {name: check.spec for name, check in catalogue().items()}
BOOK = """\
playbook: mine
title: Mine
start: full
nodes:
  full:
    ask: Is the disk full?
    check: log.says
    with: {cause: disk-full}
    yes: => disk-full
    no: -> triage
    unknown: -> triage
"""


def problems(folder: Path, book: str, tests: str = "cases: []\n") -> list[tuple[str, str]]:
    (folder / "mine.yaml").write_text(book, encoding="utf-8")
    (folder / "mine.test.yaml").write_text(tests, encoding="utf-8")
    return [(one.code, one.message) for one in lint.lint([folder], shelf=SHELF, catalogue=SPECS)]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (
            "given: {ful: yes}, cause: disk-full",
            "given 'ful' is no check or node of the playbook; did you mean 'full'?",
        ),
        ("path: [ful]", "path: no node 'ful'; did you mean 'full'?"),
        ("path: [full, triage/nowhere]", "path: no node 'triage/nowhere'"),
        ("cause: disk-fool", "cause: no leaf has 'disk-fool'; did you mean 'disk-full'?"),
        ("leaf: over-quote", "leaf: no leaf 'over-quote'; did you mean 'over-quota'?"),
        ("hands_over_to: trage", "hands_over_to: no playbook 'trage'; did you mean 'triage'?"),
    ],
)
def test_a_test_that_names_what_is_not_there_is_told(tmp_path: Path, case: str, said: str) -> None:
    assert problems(tmp_path, BOOK, f"cases:\n  - {{name: x, {case}}}\n") == [("unknown-name", said)]


def test_a_sound_test_has_no_problems(tmp_path: Path) -> None:
    case = "given: {full: no}, path: [full, triage/collected], cause: inconclusive, leaf: inconclusive"
    assert problems(tmp_path, BOOK, f"cases:\n  - {{name: x, hands_over_to: triage, {case}}}\n") == []


def test_a_test_without_a_playbook_is_told(tmp_path: Path) -> None:
    (tmp_path / "mine.test.yaml").write_text("cases: []\n")
    (found,) = lint.lint([tmp_path / "mine.test.yaml"], shelf=SHELF, catalogue=SPECS)
    assert found.code == "unreadable"


def test_a_missing_key_does_not_hide_a_wrong_question(tmp_path: Path) -> None:
    wrong = BOOK.replace("cause: disk-full", "cause: disk-fool").replace("    unknown: -> triage\n", "")
    assert sorted(code for code, _ in problems(tmp_path, wrong)) == ["missing-edge", "wrong-choice"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sum(rate(a[5m]))", ""),
        ("""a{b="}", c='('} # (""", ""),
        ("a{b=`(`} # 'one", ""),
        ("sum(rate(a[5m])", "'(' is never closed"),
        ("a]", "']' closes nothing"),
        ("(a + b]", "']' closes nothing"),
        ('a{b="c}', '" opens a text that never ends'),
        ("#", ""),
    ],
)
def test_a_query_whose_brackets_do_not_fit_is_told(query: str, said: str) -> None:
    assert unbalanced(query) == said


def test_such_a_query_is_an_error_with_its_place(tmp_path: Path) -> None:
    asked = 'query: {promql: "sum(rate(a[5m])", above: 3}'
    wrong = BOOK.replace("check: log.says\n    with: {cause: disk-full}", asked)
    assert problems(tmp_path, wrong) == [("wrong-query", "parameter 'promql' is no PromQL: '(' is never closed")]
