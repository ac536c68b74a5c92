"""What a test gives, matched with what its playbook asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from diagnose.checks.finding import Answer
from diagnose.playbook.judge import OPPOSITE
from diagnose.playbook.model import Library, Node, Not, Question, asked
from diagnose.playbook.model import written as as_written
from diagnose.playbook.nearest import hint
from diagnose.playbook.quantity import number, quantity
from diagnose.playbook.walk import questions

_SPELLING = re.compile(r"(?P<name>[\w./-]+)\s*(?:\((?P<with>.*)\))?", re.DOTALL)
_BETWEEN = re.compile(r",\s*(?![^\[]*\])")


@dataclass(frozen=True, slots=True)
class Given:
    """Answers by question and, for people, by node; `wrong` names what matched nothing."""

    answers: Mapping[str, Answer]
    people: Mapping[str, Answer]
    wrong: tuple[str, ...]


def given(library: Library, answers: Mapping[str, Answer]) -> Given:
    """A check given with more parameters goes before one with fewer; a node means its one check or its person."""
    found: dict[str, Answer] = {}
    people: dict[str, Answer] = {}
    wrong: list[str] = []
    every = questions(library)
    for text, answer in sorted(answers.items(), key=lambda item: item[0].count("=")):
        matching = [question.key for question in every if _matches(text, question)]
        if matching:
            found |= dict.fromkeys(matching, answer)
        elif node := _node(library, text):
            _answer_node(node, answer, (found, people, wrong))
        else:
            known = {question.check for question in every} | {node.name for node in library.nodes()}
            wrong.append(f"given {text!r} is no check or node of the playbook{hint(text, known)}")
    return Given(found, people, tuple(wrong))


def _matches(text: str, question: Question) -> bool:
    if text == question.key:
        return True
    match = _SPELLING.fullmatch(text)
    if match is None or match["name"] != question.check:
        return False
    parts = dict(_parameter(part) for part in _BETWEEN.split(match["with"] or "") if part)
    return all(
        name in question.parameters and as_written(question.parameters[name]) == value for name, value in parts.items()
    )


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = (part.strip() for part in text.partition("="))
    plain = number(value)
    if plain is None and (scaled := quantity(value)):
        plain = scaled[0]
    return name, value if plain is None else as_written(plain)


def _node(library: Library, text: str) -> Node | None:
    wanted = text if "/" in text else f"{library.root}/{text}"
    return next((node for node in library.nodes() if node.id == wanted), None)


def _answer_node(node: Node, answer: Answer, into: tuple[dict[str, Answer], dict[str, Answer], list[str]]) -> None:
    found, people, wrong = into
    inner = {question.key for question in asked(node.test)}
    if node.person:
        people[node.id] = answer
    elif len(inner) == 1 and isinstance(node.test, Question | Not):
        found[inner.pop()] = answer if isinstance(node.test, Question) else OPPOSITE[answer]
    else:
        wrong.append(f"node {node.name!r} asks {len(inner)} checks; give each: {', '.join(sorted(inner))}")
