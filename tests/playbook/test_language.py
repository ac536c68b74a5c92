"""What an author may write, and what they are told when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.checks.finding import Answer
from diagnose.errors import SpecError
from diagnose.playbook import load, read
from diagnose.playbook.model import All, Kind, Library, Not, Question
from diagnose.playbook.quantity import number, quantity
from diagnose.signals.evidence import Signal

GOOD = """\
playbook: small
title: Small
start: first
nodes:
  first:
    ask: Is it?
    check: a.b
    yes: => oom-kill
    no: => oom-kill
    unknown: => oom-kill
leaves:
  oom-kill: {remedy: More memory}
"""

# What is replaced, by what, the code, the line and column, and words of the message.
WRONG: list[tuple[str, str, str, int, int, str]] = [
    ("title: Small", "titel: Small", "unknown-key", 2, 1, "did you mean 'title'?"),
    ("title: Small", "", "missing-key", 1, 1, "needs the key 'title'"),
    ("check: a.b", "chekc: a.b", "unknown-key", 7, 5, "did you mean 'check'?"),
    ("check: a.b", "chekc: a.b", "missing-test", 6, 5, "asks nothing"),
    ("check: a.b", "with: {x: 1}", "with", 7, 11, "belongs to a check"),
    ("check: a.b", "check: a.b\n    all: [{check: c.d}]", "two-tests", 6, 5, "join them with all: or any:"),
    ("check: a.b", "all: []", "empty", 7, 10, "name at least one check"),
    ("check: a.b", "all: {check: a.b}", "type", 7, 10, "must be a list"),
    ("check: a.b", "all: [{chek: a.b}]", "unknown-key", 7, 12, "did you mean 'check'?"),
    ("check: a.b", "query: {promql: up}", "missing-key", 7, 12, "above or below"),
    ("check: a.b", "query: {above: 1}", "missing-key", 7, 12, "'promql'"),
    ("check: a.b", "person: {how: look}", "missing-key", 7, 13, "'why'"),
    ("check: a.b", "check: a.b\n    with: {x: {y: 1}}", "type", 8, 15, "a value or a list of words"),
    ("    unknown: => oom-kill", "", "missing-edge", 6, 5, "add 'unknown: ...'"),
    ("unknown: => oom-kill", "unknown: = oom-kill", "edge", 10, 14, "'-> playbook' to hand over"),
    ("unknown: => oom-kill", "unknown: other/node", "edge", 10, 14, "must be a node's name"),
    ("unknown: => oom-kill", "unknown: [first]", "edge", 10, 14, "must be a node's name"),
    ("start: first", "", "missing-key", 1, 1, "one of first"),
    ("  first:", "  First:", "name", 5, 3, "lower-case letters"),
    ("ask: Is it?", 'ask: "  "', "type", 6, 10, "a text that is not empty"),
    ("ask: Is it?", "ask: Is it?\n    ask: Was it?", "duplicate", 7, 5, "stands twice"),
    (
        "{remedy: More memory}",
        "{actions: [{when: soon, what: x}]}",
        "unknown-word",
        12,
        31,
        "expected one of now, next, later",
    ),
    (
        "{remedy: More memory}",
        "{missing: [{signal: metrik, why: x}]}",
        "unknown-word",
        12,
        33,
        "did you mean 'metric'?",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "line", "column", "words"), WRONG, ids=lambda value: str(value)[:20])
def test_a_mistake_is_told_with_its_place(old: str, new: str, code: str, line: int, column: int, words: str) -> None:
    assert old in GOOD
    _, problems = read.playbook(GOOD.replace(old, new), file="small.yaml")
    told = [problem for problem in problems if problem.code == code]
    assert [(problem.place.line, problem.place.column) for problem in told] == [(line, column)], problems
    assert words in told[0].message


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    broken = (
        GOOD.replace("title", "titel")
        .replace("check: a.b", "chek: a.b")
        .replace("  oom-kill: {", "  oom-kill: {x: 1, ")
    )
    _, problems = read.playbook(broken, file="small.yaml")
    assert {problem.code for problem in problems} == {"unknown-key", "missing-test"}
    assert len(problems) == 4


def test_loading_tells_the_first_mistake_and_how_many_more(write) -> None:
    shelf = write(small=GOOD.replace("title", "titel").replace("ask:", "asks:"))
    with pytest.raises(SpecError, match=r"small\.yaml:2:1: unknown key 'titel' .* \(and 1 more; "):
        load.load("small", shelf=shelf)


def test_a_playbook_is_called_like_its_file(write) -> None:
    shelf = write(other=GOOD)
    with pytest.raises(SpecError, match="must be 'other'"):
        load.load("other", shelf=shelf)


def test_an_unknown_name_is_answered_with_the_nearest(shelf: Path) -> None:
    with pytest.raises(SpecError, match="did you mean 'front'"):
        load.load("fornt", shelf=shelf)
    with pytest.raises(SpecError, match=r"no playbook file .*nothing\.yaml"):
        load.load(str(shelf / "nothing.yaml"), shelf=shelf)


def test_everything_of_a_playbook_is_read(front: Library) -> None:
    book = front.playbooks["front"]
    assert (book.name, book.title, book.sources, book.start) == ("front", "The front door", ("a book",), "present")
    slow = book.nodes["slow"]
    assert isinstance(slow.test, All)
    first, second = slow.test.parts
    assert isinstance(first, Question)
    assert first.key == "latency.rose(by=0.5, for_at_least=300)"
    assert first.units == {"by": "ratio", "for_at_least": "s"}
    assert isinstance(second, Not)
    person = book.nodes["deployed"].person
    assert person is not None
    assert person.how == "kubectl rollout history"
    leaf = book.leaves["bad-deploy"]
    assert leaf.cause == "bad-deploy"
    assert leaf.actions[0].command == "kubectl rollout undo"
    assert (leaf.missing[0].signal, leaf.missing[0].command) == (Signal.CHANGE, "kubectl rollout history")


def test_edges_lead_to_nodes_leaves_and_other_playbooks(front: Library) -> None:
    nodes = front.playbooks["front"].nodes
    targets = {edge.written: front.follow(edge) for node in nodes.values() for edge in node.edges.values()}
    assert {written: target.id if target else None for written, target in targets.items()} == {
        "slow": "front/slow",
        "deployed": "front/deployed",
        "=> front/nothing": "front/=>nothing",
        "=> front/bad-deploy": "front/=>bad-deploy",
        "-> back": "back/pool",
        "-> back/pool": "back/pool",
    }


def test_a_leaf_is_found_by_name_or_by_cause_in_any_playbook(front: Library) -> None:
    edges = front.playbooks["back"].nodes["pool"].edges
    assert {answer: (edge.kind, edge.playbook, edge.name) for answer, edge in edges.items()} == {
        Answer.YES: (Kind.LEAF, "back", "queue-stuck"),
        Answer.NO: (Kind.LEAF, "front", "nothing"),
        Answer.UNKNOWN: (Kind.LEAF, "front", "nothing"),
    }


def test_a_leaf_that_two_playbooks_offer_must_be_named_in_full(write) -> None:
    leaf = "playbook: {}\ntitle: x\nleaves:\n  crash-loop: {{remedy: x}}\n"
    shelf = write(small=GOOD.replace("=> oom-kill", "=> crash-loop"), one=leaf.format("one"), two=leaf.format("two"))
    with pytest.raises(SpecError, match="write one of => one/crash-loop, => two/crash-loop"):
        load.load("small", shelf=shelf)
    write(small=GOOD.replace("=> oom-kill", "=> two/crash-loop"))
    assert {
        edge.playbook for edge in load.load("small", shelf=shelf).playbooks["small"].nodes["first"].edges.values()
    } == {"two"}


def test_a_playbook_of_ones_own_uses_its_neighbours_before_the_shelf(write, tmp_path: Path) -> None:
    shelf = write(back=GOOD.replace("small", "back"))
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.yaml").write_text(GOOD.replace("small", "mine").replace("no: => oom-kill", "no: -> back"))
    assert load.load(str(own / "mine.yaml"), shelf=shelf).playbooks["back"].title == "Small"
    (own / "back.yaml").write_text(GOOD.replace("small", "back").replace("Small", "Nearer"))
    assert load.load(str(own / "mine.yaml"), shelf=shelf).playbooks["back"].title == "Nearer"


def test_other_yaml_files_beside_a_playbook_do_not_matter(write) -> None:
    shelf = write(small=GOOD, deployment="kind: Deployment\nspec: &x [*x]\n", small__test="cases: []\n")
    assert load.load("small", shelf=shelf).shelf == ("small",)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90s", (90.0, "s")),
        ("1h30m", (5400.0, "s")),
        ("5m", (300.0, "s")),
        ("250ms", (0.25, "s")),
        ("100MiB", (104857600.0, "bytes")),
        ("2GB", (2e9, "bytes")),
        ("90%", (0.9, "ratio")),
        ("20/s", (20.0, "per-second")),
        ("6/min", (0.1, "per-second")),
        ("5 m", (300.0, "s")),
        ("5x", None),
        ("m", None),
        ("5m!", None),
        ("9" * 50 + "s", None),
    ],
)
def test_quantities(text: str, value: tuple[float, str] | None) -> None:
    assert quantity(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("1_000", 1000),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", None),
        ("9" * 5000, None),
    ],
)
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == value
    assert type(number(text)) is type(value)


def test_ones_own_leaf_does_not_disturb_the_playbooks_that_ship(write, tmp_path: Path) -> None:
    leaf = "playbook: ends\ntitle: Ends\nleaves:\n  crash-loop: {remedy: theirs}\n"
    shelf = write(ends=leaf, theirs=GOOD.replace("small", "theirs").replace("=> oom-kill", "=> crash-loop"))
    own = tmp_path / "own"
    own.mkdir()
    mine = GOOD.replace("small", "mine").replace("yes: => oom-kill", "yes: -> theirs").replace("oom-kill", "crash-loop")
    (own / "mine.yaml").write_text(mine)
    library = load.load(str(own / "mine.yaml"), shelf=shelf)
    ends = {
        name: {edge.playbook for edge in book.nodes["first"].edges.values()}
        for name, book in library.playbooks.items()
        if book.nodes
    }
    assert ends == {"mine": {"theirs", "mine"}, "theirs": {"ends"}}
