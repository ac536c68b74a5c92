"""The playbooks that ship: tested on every edge, and worded for people who are tired."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnose.playbook import load, testing
from diagnose.playbook.diagnosis import Action
from diagnose.playbook.model import Leaf, Node
from diagnose.playbook.runtimes import Runtime, suited
from diagnose.rehearse import rehearse

SHELF = Path(__file__).parents[2] / "playbooks"
BOOKS = {name: load.read_file(path)[0] for name, path in load.on_shelf(SHELF).items()}
NODES = [node for book in BOOKS.values() if book for node in book.nodes.values()]
LEAVES = [leaf for book in BOOKS.values() if book for leaf in book.leaves.values()]
ACTIONS = [pytest.param(action, id=f"{leaf.cause}: {action.what}") for leaf in LEAVES for action in leaf.actions]

CHANGES = re.compile(r"\bkubectl (rollout (restart|undo)|delete|scale|autoscale|set)\b|\bkill\b|\brenew\b|--vacuum")
ENDS_PROCESSES = re.compile(r"\bkubectl (rollout (restart|undo)|delete pod|set (env|resources))\b")
KEEPS = re.compile(r"(Keep|Record|[Oo]pen the inspector)\b.*")
PLACEHOLDER = re.compile(r"(?<![\w$.-])[A-Z]{1,}(?![\w=.-])")


@pytest.mark.parametrize("name", BOOKS)
def test_its_tests_pass_and_walk_every_edge(name: str) -> None:
    result = testing.run(SHELF / f"{name}{load.TEST_SUFFIX}", shelf=SHELF, rehearse=rehearse)
    assert [(outcome.case.name, outcome.wrong) for outcome in result.outcomes if outcome.wrong] == []
    assert [f"{node} {answer}" for node, answer in result.coverage.untried] == []
    assert result.coverage.edges == 3 * result.coverage.nodes > 0


@pytest.mark.parametrize("name", BOOKS)
def test_every_case_expects_an_end(name: str) -> None:
    suite, _ = testing.cases.read_file(SHELF / f"{name}{load.TEST_SUFFIX}")
    assert [case.name for case in suite.cases if not (case.cause or case.hands_over_to)] == []
    assert len({case.name for case in suite.cases}) == len(suite.cases)


@pytest.mark.parametrize("name", BOOKS)
def test_it_says_where_its_knowledge_comes_from(name: str) -> None:
    book = BOOKS[name]
    assert book
    assert book.sources


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.id)
def test_a_question_is_one_plain_question(node: Node) -> None:
    assert re.fullmatch(r"(Is|Are|Was|Were|Do|Does|Did|Has|Have|Can) [^?.;]{10,90}\?", node.ask)
    assert not re.match(r"\w+ (it|they|he|she|this)\b", node.ask), "say who is meant"


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.cause)
def test_a_remedy_is_one_sentence(leaf: Leaf) -> None:
    assert re.fullmatch(r"[A-Z][^.!?]{15,140}\.", leaf.remedy)


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_can_be_copied_and_says_its_risk(action: Action) -> None:
    assert action.command
    assert not action.what.endswith(".")
    if CHANGES.search(action.command):
        assert action.risk != "none"


def test_every_command_is_one_for_the_shell() -> None:
    commands = [action.command or "" for leaf in LEAVES for action in leaf.actions]
    wrong = [one for one in commands if subprocess.run(["sh", "-n", "-c", one], capture_output=True).returncode]  # noqa: PLW1510
    assert wrong == []


@pytest.mark.parametrize("runtime", Runtime)
@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.cause)
def test_what_a_restart_destroys_is_kept_first(leaf: Leaf, runtime: Runtime) -> None:
    for before, action in _with_those_before(suited(leaf.actions, frozenset({runtime}))):
        if ENDS_PROCESSES.search(action.command or ""):
            assert any(KEEPS.match(one.what) for one in before), action.what


def _with_those_before(actions: tuple[Action, ...]) -> Iterator[tuple[tuple[Action, ...], Action]]:
    return ((actions[:index], action) for index, action in enumerate(actions))


def test_the_guide_explains_every_placeholder(root: Path) -> None:
    guide = (root / "docs" / "playbooks.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([A-Z]+)` \|", guide, re.MULTILINE))
    commands = [action.command or "" for leaf in LEAVES for action in leaf.actions]
    written = {name for command in commands for name in PLACEHOLDER.findall(command)}
    assert written == explained
