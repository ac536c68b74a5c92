"""One way through the graph: a pure function of playbooks, findings and a person's answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from diagnose.checks.finding import Answer, Finding
from diagnose.errors import SpecError
from diagnose.playbook.diagnosis import Asked, Branch, Step
from diagnose.playbook.judge import Judgement, judge
from diagnose.playbook.model import Edge, Kind, Leaf, Library, Node, Question, asked


class Back(StrEnum):
    """A person's wish to answer the question before once more."""

    BACK = "back"


@dataclass(frozen=True, slots=True)
class PersonQuestion:
    """What a person is asked: `why` it is asked, `how` to find out, and what the data said (`known`)."""

    node: str
    question: str
    why: str
    how: str
    known: str


WHETHER = {"evidence.present", "symptom.present"}
"""The checks that ask whether anything is wrong; all others ask what."""

Reply = Answer | Back | None
"""None: nobody is there to answer."""

Ask = Callable[[PersonQuestion], Reply]


@dataclass(frozen=True, slots=True)
class Walk:
    """The steps, the leaf that was reached, the findings met by key, and what the person answered by node."""

    steps: tuple[Step, ...]
    leaf: Leaf
    findings: Mapping[str, Finding] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)


def questions(library: Library) -> tuple[Question, ...]:
    """Every check that a walk could ask, once each, sorted by key: run them all before the walk."""
    found = {question.key: question for node in library.nodes() for question in asked(node.test)}
    return tuple(found[key] for key in sorted(found))


def walk(library: Library, findings: Mapping[str, Finding], ask: Ask | None = None) -> Walk:
    """From the start to a leaf. A finding that is absent is unknown; where nobody answers, the unknown way is taken.

    `findings` has the keys of `questions`. SpecError when an edge leads nowhere or in a circle.
    """
    replies: dict[str, Answer | None] = {}
    while isinstance(found := _go(library, findings, replies), PersonQuestion):
        reply = ask(found) if ask else None
        if not isinstance(reply, Back):
            replies[found.node] = reply
        elif replies:
            replies.popitem()
    return found


def unseen(walked: Walk) -> str:
    """Why a walk could not tell whether anything is wrong, empty where it could or found what is."""
    last = walked.steps[-1] if walked.steps else None
    if last is None or last.answer is not Answer.UNKNOWN or walked.leaf.cause != "inconclusive":
        return ""
    return last.because if any(test.check in WHETHER for test in last.tests) else ""


def _go(
    library: Library, findings: Mapping[str, Finding], replies: Mapping[str, Answer | None]
) -> Walk | PersonQuestion:
    """The whole walk, or the first question that a person has not been asked yet."""
    steps: list[Step] = []
    met: dict[str, Finding] = {}
    at: Node | Leaf = _start(library)
    while isinstance(at, Node):
        if any(step.node == at.id for step in steps):
            raise SpecError(f"{at.place}: the walk came back to {at.id!r}; `diagnose playbook lint` shows the cycle")
        judged = judge(at.test, findings) if at.test else None
        met |= {question.key: findings[question.key] for question in asked(at.test) if question.key in findings}
        if _is_for_person(at, judged) and at.id not in replies:
            return _for_person(at, judged)
        steps.append(_step(library, at, judged, replies.get(at.id)))
        at = _next(library, at, steps[-1].answer)
    answers = {step.node: step.answer for step in steps if step.answered_by == "person"}
    return Walk(tuple(steps), at, met, answers)


def _start(library: Library) -> Node:
    if (start := library.start) is None:
        raise SpecError(f"playbook {library.root!r} has no start; name one of its nodes as 'start'")
    return start


def _is_for_person(node: Node, judged: Judgement | None) -> bool:
    return node.person is not None and (judged is None or judged.answer is Answer.UNKNOWN)


def _for_person(node: Node, judged: Judgement | None) -> PersonQuestion:
    why, how = (node.person.why, node.person.how) if node.person else ("", "")
    return PersonQuestion(node.id, node.ask, why, how, judged.because if judged else "")


def _step(library: Library, node: Node, judged: Judgement | None, reply: Answer | None) -> Step:
    tests = tuple(Asked(question.check, question.parameters) for question in asked(node.test))
    if judged is None or (reply is not None and _is_for_person(node, judged)):
        answer, by = (reply, "person") if reply is not None else (Answer.UNKNOWN, "data")
        because = "; ".join(part for part in (judged.because if judged else "", _said(reply)) if part)
        return Step(node.id, node.ask, answer, because, (), by, _not_taken(library, node, answer), tests)
    evidence = dict.fromkeys(one.id for finding in judged.deciding.values() for one in finding.evidence)
    not_taken = _not_taken(library, node, judged.answer)
    return Step(node.id, node.ask, judged.answer, judged.because, tuple(evidence), "data", not_taken, tests)


def _said(reply: Answer | None) -> str:
    match reply:
        case None:
            return "only a person can tell, and nobody was asked"
        case Answer.UNKNOWN:
            return "the person at the keyboard did not know"
        case _:
            return f"the person at the keyboard answered {reply}"


def _next(library: Library, node: Node, answer: Answer) -> Node | Leaf:
    edge = node.edges.get(answer)
    found = library.follow(edge) if edge else None
    if found is None:
        where = f"{edge.place}: {edge.written!r}" if edge else f"{node.place}: {answer!r} of node {node.name!r}"
        raise SpecError(f"{where} leads nowhere; `diagnose playbook lint` shows what is missing")
    return found


def _not_taken(library: Library, node: Node, taken: Answer) -> tuple[Branch, ...]:
    return tuple(_branches(library, node, taken))


def _branches(library: Library, node: Node, taken: Answer) -> Iterator[Branch]:
    for answer in Answer:
        if answer is not taken and (edge := node.edges.get(answer)):
            denied = (answer, taken) == (Answer.YES, Answer.NO)
            ruled_out = _only(library, edge, node.edges.get(taken)) if denied else ()
            yield Branch(answer, readable(library, edge), tuple(sorted(ruled_out)))


def _only(library: Library, edge: Edge, taken: Edge | None) -> Iterable[str]:
    """The causes that lie on one way alone, and the one that the way is about: its leaf, or its playbook's name."""
    there = _causes(library, edge)
    end = library.follow(edge)
    about = end.cause if isinstance(end, Leaf) else end.playbook if end else ""
    return (there - (_causes(library, taken) if taken else frozenset())) | ({about} & there)


def _causes(library: Library, edge: Edge) -> frozenset[str]:
    """Every cause to which an edge can lead."""
    ends: dict[str, Node | Leaf] = {}
    waiting = [edge]
    while waiting:
        at = library.follow(waiting.pop())
        if at is not None and at.id not in ends:
            ends[at.id] = at
            waiting += at.edges.values() if isinstance(at, Node) else ()
    return frozenset(at.cause for at in ends.values() if isinstance(at, Leaf)) - {"healthy", "inconclusive"}


def readable(library: Library, edge: Edge) -> str:
    """Where an edge leads, for people: a cause, or a question with the name of its node."""
    match library.follow(edge):
        case Leaf() as leaf:
            return leaf.cause
        case Node() as node:
            name = node.name if edge.kind is Kind.NODE else node.id
            return f"{name}: {node.ask}"
        case None:
            return edge.written
