"""Running the tests of a playbook, and how much of its graph they walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from diagnose.checks.finding import Answer, Finding
from diagnose.errors import DiagnoseError, SpecError
from diagnose.playbook import cases, load
from diagnose.playbook.cases import Case, Suite
from diagnose.playbook.given import Given, given
from diagnose.playbook.model import Library
from diagnose.playbook.settle import WEIGHED, named, settle
from diagnose.playbook.staged import Staged
from diagnose.playbook.walk import PersonQuestion, Walk, walk

Rehearse = Callable[[Staged, Library], Mapping[str, Finding]]
"""How staged signals become findings: through the sources and the checks, which this room does not know."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case: `wrong` says what was expected and what came instead; empty when it passed."""

    case: Case
    walk: Walk | None
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a playbook's own nodes and edges the walks took; `untried` names the other edges."""

    nodes: int
    nodes_walked: int
    edges: int
    edges_walked: int
    untried: tuple[tuple[str, Answer], ...]


@dataclass(frozen=True, slots=True)
class TestRun:
    """The outcomes of one test file."""

    __test__ = False

    playbook: str
    outcomes: tuple[Outcome, ...]
    coverage: Coverage

    @property
    def passed(self) -> bool:
        """Whether every case did."""
        return not any(outcome.wrong for outcome in self.outcomes)


def run(file: Path, *, shelf: Path, rehearse: Rehearse) -> TestRun:
    """All cases of a `*.test.yaml`; the playbook is looked for beside it, then on the shelf. SpecError: wrong file."""
    suite = _suite(file)
    library = _library(file, suite.playbook, shelf)
    outcomes = tuple(outcome(library, case, rehearse) for case in suite.cases)
    return TestRun(suite.playbook, outcomes, coverage(library, [one.walk for one in outcomes if one.walk]))


def files_of(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The test files among the paths, in the folders among them, and beside the playbooks among them."""
    found = (sorted(path.glob(f"*{load.TEST_SUFFIX}")) if path.is_dir() else [_beside(path)] for path in paths)
    return tuple(dict.fromkeys(path for files in found for path in files))


def _beside(path: Path) -> Path:
    if path.name.endswith(load.TEST_SUFFIX):
        return path
    return path.with_name(path.name.removesuffix(load.SUFFIX) + load.TEST_SUFFIX)


def library_of(file: Path, *, shelf: Path) -> Library:
    """The playbook that a test file is about."""
    return _library(file, _suite(file).playbook, shelf)


def _suite(file: Path) -> Suite:
    suite, problems = cases.read_file(file)
    if problems:
        raise SpecError(str(problems[0]))
    return suite


def _library(file: Path, playbook: str, shelf: Path) -> Library:
    beside = file.parent / f"{playbook}{load.SUFFIX}"
    return load.load(str(beside) if beside.is_file() else playbook, shelf=shelf)


def unstaged(_staged: Staged, _library: Library) -> Mapping[str, Finding]:
    """The findings of a case that stages nothing."""
    return {}


def outcome(library: Library, case: Case, rehearse: Rehearse = unstaged) -> Outcome:
    """One case, walked; what is neither given nor staged is unknown."""
    known = given(library, case.given)
    try:
        findings = {**(rehearse(case.staged, library) if case.staged else {}), **findings_of(known)}
        walked = walk(library, findings, lambda question: _reply(known, question))
    except DiagnoseError as error:
        return Outcome(case, None, (*known.wrong, str(error)))
    cause = walked.leaf.cause
    if case.staged:
        walked, ranked = settle(library, walked, findings)
        cause = named(walked, ranked)
    return Outcome(case, walked, (*known.wrong, *_differences(library, case, walked, cause)))


def findings_of(known: Given) -> Mapping[str, Finding]:
    """Findings that do nothing but answer."""
    return {key: Finding(answer, 1.0, f"{key} is given as {answer}") for key, answer in known.answers.items()}


def _reply(known: Given, question: PersonQuestion) -> Answer | None:
    return known.people.get(question.node)


def _differences(library: Library, case: Case, walked: Walk, cause: str) -> list[str]:
    wrong: list[str] = []
    steps = [step.node for step in walked.steps if step.node != WEIGHED]
    handed = next((node.split("/")[0] for node in steps if node.split("/")[0] != library.root), "")
    if case.hands_over_to:
        if case.hands_over_to != handed:
            wrong.append(f"expected to hand over to {case.hands_over_to}, got {handed or f'the cause {cause}'}")
        steps = [node for node in steps if node.split("/")[0] == library.root]
    if case.cause and case.cause != cause:
        wrong.append(f"expected the cause {case.cause}, got {cause}")
    if case.leaf and case.leaf not in {walked.leaf.name, f"{walked.leaf.playbook}/{walked.leaf.name}"}:
        wrong.append(f"expected the leaf {case.leaf}, got {walked.leaf.playbook}/{walked.leaf.name}")
    expected = [node if "/" in node else f"{library.root}/{node}" for node in case.path]
    if expected and expected != steps:
        wrong.append(f"expected the path {_path(expected, library)}, got {_path(steps, library)}")
    return wrong


def _path(nodes: Sequence[str], library: Library) -> str:
    return " > ".join(node.removeprefix(f"{library.root}/") for node in nodes)


def coverage(library: Library, walks: Sequence[Walk]) -> Coverage:
    """What the walks took of the root playbook's own graph."""
    own = library.playbooks[library.root].nodes.values()
    every = [(node.id, answer) for node in own for answer in Answer]
    taken = {(step.node, step.answer) for one in walks for step in one.steps}
    untried = tuple((node.split("/")[1], answer) for node, answer in every if (node, answer) not in taken)
    met = {node for node, _ in taken}
    walked = sum(node.id in met for node in own)
    return Coverage(len(own), walked, len(every), len(every) - len(untried), untried)
