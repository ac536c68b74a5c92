"""The person at the keyboard: questions on stderr, answers from the terminal."""

from __future__ import annotations

import sys

from diagnose.checks.finding import Answer
from diagnose.playbook.walk import Ask, Back, PersonQuestion, Reply
from diagnose.report.text import block

_REPLIES: dict[str, Reply] = {
    "y": Answer.YES,
    "yes": Answer.YES,
    "n": Answer.NO,
    "no": Answer.NO,
    "?": Answer.UNKNOWN,
    "unknown": Answer.UNKNOWN,
    "": Answer.UNKNOWN,
    "b": Back.BACK,
    "back": Back.BACK,
}


def asker(wanted: bool | None) -> Ask | None:
    """How to ask, or None when nobody shall be asked or nobody is there."""
    there = sys.stdin.isatty() and sys.stderr.isatty()
    return _ask if (there if wanted is None else wanted) else None


def _ask(question: PersonQuestion) -> Reply:
    told = [question.question, f"  why: {question.why}"]
    told += [f"  how to find out: {question.how}"] if question.how else []
    told += [f"  known so far: {question.known}"] if question.known else []
    sys.stderr.write("\n" + block("\n".join(told)) + "\n")
    while True:
        sys.stderr.write("  [y]es / [n]o / [?] don't know / [b]ack: ")
        sys.stderr.flush()
        said = sys.stdin.readline()  # input() and typer.prompt would write to stdout, which is the report's
        if not said:
            return None
        if said.strip().lower() in _REPLIES:
            return _REPLIES[said.strip().lower()]
