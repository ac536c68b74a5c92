"""The walk: three-valued, guided, and pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest

from diagnose.checks.finding import Answer, Finding, no
from diagnose.errors import SpecError
from diagnose.playbook import load
from diagnose.playbook.judge import judge
from diagnose.playbook.model import All, Any, Expression, Library, Not, Place, Question
from diagnose.playbook.walk import Ask, Back, PersonQuestion, Reply, questions, walk

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
PRESENT = "evidence.present(min_signals=2)"
LATENCY = "latency.rose(by=0.5, for_at_least=300)"
QUERY = "own.query(above=3, lasting=60, promql=max(pool_waiting))"


def says(**answers: Answer) -> dict[str, Finding]:
    keys = {"present": PRESENT, "latency": LATENCY, "cpu": "cpu.jumped", "pool": "pool.full", "query": QUERY}
    return {keys[name]: Finding(answer, 1.0, f"{name} says {answer}") for name, answer in answers.items()}


def replies(*given: Reply) -> tuple[Ask, list[PersonQuestion]]:
    left, heard = iter(given), list[PersonQuestion]()

    def ask(question: PersonQuestion) -> Reply:
        heard.append(question)
        return next(left)

    return ask, heard


def question(name: str) -> Question:
    return Question(name, {}, Place("x", 1, 1))


def kleene(kind: str, answers: Iterable[Answer]) -> Answer:
    number = {NO: 0.0, UNKNOWN: 0.5, YES: 1.0}
    values = [number[answer] for answer in answers]
    value = min(values) if kind == "all" else max(values)
    return next(answer for answer, one in number.items() if one == value)


@pytest.mark.parametrize("answers", list(product(Answer, repeat=3)), ids=",".join)
@pytest.mark.parametrize("kind", ["all", "any"])
def test_all_and_any_are_the_least_and_the_most_of_their_parts(kind: str, answers: tuple[Answer, ...]) -> None:
    findings = {f"c.{index}": Finding(answer, 1.0, f"because {index}") for index, answer in enumerate(answers)}
    parts = tuple(question(name) for name in findings)
    judged = judge(All(parts) if kind == "all" else Any(parts), findings)
    assert judged.answer is kleene(kind, answers)
    decided = [index for index, answer in enumerate(answers) if answer is judged.answer]
    assert judged.because == "; ".join(f"because {index}" for index in decided)
    assert list(judged.deciding) == [f"c.{index}" for index in decided]


@pytest.mark.parametrize(("said", "negated"), [(YES, NO), (NO, YES), (UNKNOWN, UNKNOWN)])
def test_not_turns_what_is_known(said: Answer, negated: Answer) -> None:
    test: Expression = Not(question("a.b"))
    assert judge(test, {"a.b": Finding(said, 1.0, "so")}).answer is negated


def test_a_check_that_was_not_run_is_unknown() -> None:
    judged = judge(question("a.b"), {})
    assert (judged.answer, judged.because) == (UNKNOWN, "a.b was not examined")


def test_every_question_is_known_before_the_walk(front: Library) -> None:
    assert [one.key for one in questions(front)] == ["cpu.jumped", PRESENT, LATENCY, QUERY, "pool.full"]


WALKS = [
    (says(), ["present"], "inconclusive"),
    (says(present=NO), ["present"], "inconclusive"),
    (says(present=YES), ["present", "slow", "deployed", "pool"], "inconclusive"),
    (says(present=YES, latency=YES), ["present", "slow", "deployed", "pool"], "inconclusive"),
    (says(present=YES, cpu=YES, pool=YES), ["present", "slow", "deployed", "pool"], "queue-stuck"),
    (says(present=YES, latency=YES, cpu=NO, query=YES), ["present", "slow", "pool"], "queue-stuck"),
    (says(present=YES, latency=YES, cpu=NO, query=NO, pool=NO), ["present", "slow", "pool"], "inconclusive"),
]


@pytest.mark.parametrize(("findings", "path", "cause"), WALKS)
def test_a_walk_without_a_person(front: Library, findings: dict[str, Finding], path: list[str], cause: str) -> None:
    walked = walk(front, findings)
    assert [step.node.split("/")[1] for step in walked.steps] == path
    assert walked.leaf.cause == cause
    assert walked.answers == {}
    assert {step.answered_by for step in walked.steps} == {"data"}


def test_a_step_says_why_and_what_was_not_taken(front: Library) -> None:
    walked = walk(front, says(present=YES, latency=NO, cpu=NO))
    slow = walked.steps[1]
    assert (slow.question, slow.answer, slow.because) == ("Is it slow and not busy?", NO, "latency says no")
    assert [(branch.answer, branch.leads_to) for branch in slow.not_taken] == [
        (YES, "back/pool: Is the pool used up?"),
        (UNKNOWN, "deployed: Was it deployed by hand?"),
    ]
    assert [(branch.answer, branch.leads_to) for branch in walked.steps[0].not_taken] == [
        (NO, "inconclusive"),
        (UNKNOWN, "inconclusive"),
    ]
    assert list(walked.findings) == [PRESENT, LATENCY, "cpu.jumped"]


DOOR = """\
playbook: door
title: The door
start: named
nodes:
  named: {ask: Is it named?, check: log.says, yes: -> leak/rises, no: busy, unknown: busy}
  busy: {ask: Is it busy?, check: cpu.jumped, yes: => cpu-hotspot, no: => inconclusive, unknown: => inconclusive}
leaves:
  cpu-hotspot: {remedy: Do less}
  inconclusive: {remedy: Look again}
"""
LEAK = """\
playbook: leak
title: A leak
start: rises
nodes:
  rises:
    {ask: Does it rise?, check: goroutines.rise, yes: => goroutine-leak, no: => cpu-hotspot, unknown: => memory-leak}
leaves:
  goroutine-leak: {remedy: Let them go}
  cpu-hotspot: {remedy: Do less}
  memory-leak: {remedy: Let it go}
"""


@pytest.mark.parametrize(
    ("said", "ruled_out"), [(NO, [("goroutine-leak", "memory-leak"), ()]), (YES, [(), ()]), (UNKNOWN, [(), ()])]
)
def test_a_no_rules_out_the_causes_of_the_way_that_it_closes(write, said: Answer, ruled_out: list[str]) -> None:
    walked = walk(load.load("door", shelf=write(door=DOOR, leak=LEAK)), {"log.says": Finding(said, 1.0, "so")})
    assert [branch.causes for branch in walked.steps[0].not_taken] == ruled_out


def test_a_step_names_the_checks_that_it_asked(front: Library) -> None:
    slow = walk(front, says(present=YES)).steps[1]
    assert [(test.check, dict(test.parameters)) for test in slow.tests] == [
        ("latency.rose", {"by": 0.5, "for_at_least": 300}),
        ("cpu.jumped", {}),
    ]


def test_a_person_is_asked_where_the_data_is_silent(front: Library) -> None:
    ask, heard = replies(NO)
    walked = walk(front, says(present=YES, latency=NO), ask)
    assert heard == [
        PersonQuestion(
            "front/deployed",
            "Was it deployed by hand?",
            "A version is not in the metrics",
            "kubectl rollout history",
            "",
        )
    ]
    assert walked.leaf.name == "nothing"
    assert (walked.steps[2].answered_by, walked.steps[2].because) == (
        "person",
        "the person at the keyboard answered no",
    )
    assert walked.answers == {"front/deployed": NO}


def test_a_person_is_not_asked_what_the_data_knows(front: Library) -> None:
    ask, heard = replies()
    assert walk(front, says(present=YES, latency=YES, cpu=NO, pool=YES), ask).leaf.cause == "queue-stuck"
    assert heard == []


def test_a_person_fills_in_for_a_silent_check(front: Library) -> None:
    ask, heard = replies(YES)
    walked = walk(front, says(present=YES, latency=YES, cpu=NO), ask)
    assert "pool.full was not examined" in heard[0].known
    assert (walked.leaf.cause, walked.steps[-1].answered_by) == ("queue-stuck", "person")


def test_a_person_may_not_know(front: Library) -> None:
    ask, _ = replies(UNKNOWN, UNKNOWN)
    walked = walk(front, says(present=YES, latency=NO), ask)
    assert [step.answered_by for step in walked.steps[2:]] == ["person", "person"]
    assert walked.leaf.cause == "inconclusive"


def test_back_asks_the_question_before_once_more(front: Library) -> None:
    ask, heard = replies(Back.BACK, UNKNOWN, Back.BACK, YES)
    walked = walk(front, says(present=YES, latency=NO), ask)
    assert [one.node for one in heard] == ["front/deployed", "front/deployed", "back/pool", "front/deployed"]
    assert (walked.leaf.cause, walked.answers) == ("bad-deploy", {"front/deployed": YES})


def test_the_same_answers_replay_the_same_walk(front: Library) -> None:
    findings = says(present=YES, latency=NO)
    first = walk(front, findings, replies(UNKNOWN, YES)[0])
    assert walk(front, findings, lambda one: first.answers.get(one.node)) == first


CIRCLE = """\
playbook: circle
title: A circle
start: first
nodes:
  first: {ask: One?, check: a.b, yes: second, no: => healthy, unknown: => nowhere}
  second: {ask: Two?, check: a.b, yes: first, no: => healthy, unknown: => healthy}
leaves:
  healthy: {remedy: none}
"""


@pytest.mark.parametrize(
    ("said", "words"), [(YES, "came back to 'circle/first'"), (UNKNOWN, "'=> nowhere' leads nowhere")]
)
def test_a_broken_graph_ends_in_an_error_and_not_in_a_loop(write, said: Answer, words: str) -> None:
    shelf: Path = write(circle=CIRCLE)
    with pytest.raises(SpecError, match=words):
        walk(load.load("circle", shelf=shelf), {"a.b": Finding(said, 1.0, "so")})


def test_leaves_alone_cannot_be_walked(write) -> None:
    shelf = write(ends="playbook: ends\ntitle: Ends\nleaves:\n  healthy: {remedy: none}\n")
    with pytest.raises(SpecError, match="has no start"):
        walk(load.load("ends", shelf=shelf), {})


def test_of_many_reasons_the_first_are_told_and_the_others_counted() -> None:
    place = Place("a.yaml", 1, 1)
    parts = tuple(Question(f"a.q{index}", {}, place) for index in range(6))
    findings = {part.key: no(f"reason {index % 5}") for index, part in enumerate(parts)}
    assert judge(Any(parts), findings).because == "reason 0; reason 1; reason 2; and 2 more like these"
    assert judge(Any(parts[:3]), findings).because == "reason 0; reason 1; reason 2"
