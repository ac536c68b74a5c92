"""Test cases proposed for the edges that no test walks; the author reads them before keeping them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce

from diagnose.checks.finding import Answer
from diagnose.errors import SpecError
from diagnose.playbook.cases import Case
from diagnose.playbook.judge import OPPOSITE
from diagnose.playbook.model import All, Any, Expression, Leaf, Library, Node, Not, Question
from diagnose.playbook.testing import outcome

Known = Mapping[str, Answer]
"""Answers by question, and by node where a person answers."""

_FEW = 20
_PLAIN = re.compile(r"[\w.()=/-]+")


def suggest(library: Library, untried: Sequence[tuple[str, Answer]]) -> str:
    """YAML for `cases:`, one case an edge that the former ones did not take; a comment where none can take it."""
    open_edges = {(f"{library.root}/{node}", answer) for node, answer in untried}
    lines: list[str] = []
    for node, answer in untried:
        if (f"{library.root}/{node}", answer) in open_edges:
            text, taken = _case(library, node, answer)
            lines += text
            open_edges -= taken
    return "".join(f"  {line}\n" for line in lines)


def _case(library: Library, node: str, answer: Answer) -> tuple[list[str], set[tuple[str, Answer]]]:
    known = _route(library, library.start, (f"{library.root}/{node}", answer), {})
    if known is None:
        return [f"# {node} {answer}: no answers to the checks lead here"], set()
    names = _names(library)
    given = {names.get(key, key): one for key, one in known.items() if one is not Answer.UNKNOWN}
    case = Case(f"{node} {answer}", library.playbooks[library.root].place, given)
    try:
        walked = outcome(library, case).walk
    except SpecError:
        walked = None
    if walked is None:
        return [f"# {node} {answer}: the walk leads nowhere"], set()
    own = [step for step in walked.steps if step.node.split("/")[0] == library.root]
    beyond = [step for step in walked.steps if step not in own]
    end = [f"hands_over_to: {beyond[0].node.split('/')[0]}"] if beyond else _end(walked.leaf)
    path = ", ".join(step.node.split("/")[1] for step in own)
    answers = ", ".join(f"{_quoted(key)}: {one}" for key, one in given.items())
    told = [f"given: {{{answers}}}"] if answers else []
    lines = [f"- name: {case.name}", *(f"  {line}" for line in (*told, f"path: [{path}]", *end))]
    return lines, {(step.node, step.answer) for step in own}


def _end(leaf: Leaf) -> list[str]:
    return [f"cause: {leaf.cause}"] + ([f"leaf: {leaf.name}"] if leaf.name != leaf.cause else [])


def _names(library: Library) -> dict[str, str]:
    """The short name of a person's node and of one that asks a query of the author's own."""
    own = library.playbooks[library.root].nodes.values()
    people = {node.id: node.name for node in own}
    queries = {
        node.test.key: node.name
        for node in own
        if isinstance(node.test, Question) and node.test.check.startswith("own.") and node.person is None
    }
    return people | queries


def _quoted(key: str) -> str:
    return key if _PLAIN.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _route(library: Library, at: object, target: tuple[str, Answer], known: Known) -> Known | None:
    """Answers that lead from a node to the target edge without contradicting one another."""
    if not isinstance(at, Node) or at.playbook != library.root:
        return None
    for answer in [target[1]] if at.id == target[0] else list(Answer):
        for after in _answered(at, answer, known):
            if at.id == target[0]:
                return after
            edge = at.edges.get(answer)
            found = _route(library, library.follow(edge), target, after) if edge else None
            if found is not None:
                return found
    return None


def _answered(node: Node, answer: Answer, known: Known) -> Iterator[Known]:
    if node.test is None:
        yield {**known, node.id: answer}
    else:
        yield from _ways(node.test, answer, known)


def _ways(test: Expression, answer: Answer, known: Known) -> Iterator[Known]:
    """Every simple way to make an expression say the answer, given what is already fixed."""
    match test:
        case Question():
            if known.get(test.key, answer) is answer:
                yield {**known, test.key: answer}
        case Not(part):
            yield from _ways(part, OPPOSITE[answer], known)
        case All(parts):
            yield from _joined(parts, answer, known, decides=Answer.NO)
        case Any(parts):
            yield from _joined(parts, answer, known, decides=Answer.YES)


def _joined(parts: Sequence[Expression], answer: Answer, known: Known, *, decides: Answer) -> Iterator[Known]:
    if answer is decides:
        for part in parts:
            yield from _ways(part, answer, known)
    elif answer is OPPOSITE[decides]:
        yield from _each(parts, [answer] * len(parts), known)
    else:
        yield from _each(parts, [answer] * len(parts), known)
        for index in range(len(parts)):
            wanted = [answer if index == other else OPPOSITE[decides] for other in range(len(parts))]
            yield from _each(parts, wanted, known)


def _each(parts: Sequence[Expression], wanted: Sequence[Answer], known: Known) -> Iterator[Known]:
    def further(ways: Iterable[Known], one: tuple[Expression, Answer]) -> list[Known]:
        return [after for way in ways for after in _ways(one[0], one[1], way)][:_FEW]

    yield from reduce(further, zip(parts, wanted, strict=True), [known])
