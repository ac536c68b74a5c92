"""A test may stage signals: series in short notation, log lines, profiles, a bundle."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.errors import SpecError
from diagnose.playbook import cases, load, notation, testing
from diagnose.rehearse import rehearse

DEMO = Path(__file__).parents[2] / "diagnose" / "demo"
SHELF = Path(__file__).parents[2] / "playbooks"
BOOK = """\
playbook: pool
title: Does somebody hold the pool?
start: full
nodes:
  full:
    ask: Are all connections in use?
    query: {promql: pool_in_use, above: 9}
    yes: said
    no: => healthy
    unknown: => inconclusive
  said:
    ask: Does the log say so?
    log: {pattern: no free connection, at_least: 3}
    yes: seen
    no: => healthy
    unknown: seen
  seen:
    ask: Does a profile show who waits?
    profile: {function: 'queryOrder$', kind: goroutine, above: 1%}
    yes: => db-pool-exhaustion
    no: => healthy
    unknown: => inconclusive
"""


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 2.5 -3", (1.0, 2.5, -3.0)),
        ("0+1x3", (0.0, 1.0, 2.0, 3.0)),
        ("5-2x2 7x1", (5.0, 3.0, 1.0, 7.0, 7.0)),
        ("1 _ 2 _x2 stale 3", (1.0, None, 2.0, None, None, None, 3.0)),
        ("1e3+.5x1", (1000.0, 1000.5)),
        ("4x0 _x0", (4.0,)),
    ],
)
def test_the_notation_is_promtools(text: str, values: tuple[float | None, ...]) -> None:
    assert notation.values(text) == values


@pytest.mark.parametrize("text", ["1+x3", "x3", "1x", "_+1x3", "1+1x9999999", "one", "1,2", "5x20000 1x20000"])
def test_what_is_no_notation_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|more than"):
        notation.values(text)


def outcome(folder: Path, case: str) -> testing.Outcome:
    (folder / "pool.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "pool.test.yaml").write_text(f"cases:\n{case}", encoding="utf-8")
    return testing.run(folder / "pool.test.yaml", shelf=SHELF, rehearse=rehearse).outcomes[0]


def test_series_lines_and_profiles_answer_the_questions(tmp_path: Path) -> None:
    """GIVEN a pool that fills, a log that says so and the stacks of those who wait, WHEN walked, THEN all three tell"""
    (tmp_path / "waiting.txt").write_text("goroutine 7 [select]:\nmain.queryOrder(0x1)\n\t/srv/shop.go:7 +0x1\n")
    done = outcome(
        tmp_path,
        "  - name: x\n    series: {pool_in_use: 3x9 10x20}\n    profiles: {4m: waiting.txt}\n"
        "    log: [{line: INFO served, times: 30}, {at: 3m, line: 'ERROR no free connection', every: 10s, times: 12}]\n"
        "    path: [full, said, seen]\n    cause: db-pool-exhaustion\n",
    )
    assert done.wrong == ()
    assert done.walk
    assert "12 messages match" in done.walk.steps[1].because


def test_what_is_given_goes_before_what_is_staged(tmp_path: Path) -> None:
    staged = "  - name: x\n    series: {pool_in_use: 3x30}\n"
    assert outcome(tmp_path, f"{staged}    path: [full]\n    cause: healthy\n").wrong == ()
    assert outcome(tmp_path, f"{staged}    given: {{full: yes, said: yes, seen: no}}\n    cause: healthy\n").wrong == ()


def test_a_bundle_is_walked_as_it_was_recorded(tmp_path: Path) -> None:
    (tmp_path / "triage.test.yaml").write_text(f"cases: [{{name: x, bundle: {DEMO}, cause: db-pool-exhaustion}}]\n")
    assert testing.run(tmp_path / "triage.test.yaml", shelf=SHELF, rehearse=rehearse).passed


@pytest.mark.parametrize(
    ("staged", "said"),
    [
        ("series: {a: 1+x}", "series 'a': '1+x' is no value; expected numbers, runs such as '0+1x30'"),
        ("series: {a: 1}, every: 3", "'3' must be a span of time"),
        ("series: {a: 1}, every: 3MB", "'3MB' must be a span of time"),
        ("log: [{line: x, times: 0}]", "times must be a whole number from 1 to"),
        ("log: [{lin: x}]", "did you mean 'line'?"),
        ("profiles: {soon: a.pb.gz}", "'soon' must be a span of time"),
    ],
)
def test_a_wrong_stage_is_told_with_its_place(tmp_path: Path, staged: str, said: str) -> None:
    file = tmp_path / "pool.test.yaml"
    file.write_text(f"cases:\n  - {{name: x, cause: healthy, {staged}}}\n")
    problems = cases.read_file(file)[1]
    assert any(said in problem.message and problem.place.line == 2 for problem in problems), problems


@pytest.mark.parametrize("staged", ["bundle: nowhere", "profiles: {1m: nowhere.pb.gz}", "series: {'{bad': 1x9}"])
def test_a_stage_that_is_not_there_fails_the_case(tmp_path: Path, staged: str) -> None:
    done = outcome(tmp_path, f"  - {{name: x, cause: healthy, {staged}}}\n")
    assert done.walk is None
    assert done.wrong


def test_every_shipped_playbook_is_tested_from_signals_or_only_probed() -> None:
    given = {
        name
        for name in load.on_shelf(SHELF)
        if not any(case.staged for case in cases.read_file(SHELF / f"{name}.test.yaml")[0].cases)
    }
    assert given == {"connect"}


def test_the_library_of_a_test_is_needed(tmp_path: Path) -> None:
    (tmp_path / "nobody.test.yaml").write_text("cases: []\n")
    with pytest.raises(SpecError, match="nobody"):
        testing.run(tmp_path / "nobody.test.yaml", shelf=SHELF, rehearse=rehearse)
