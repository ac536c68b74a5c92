"""The person at the keyboard: questions on stderr, answers from the terminal."""

from __future__ import annotations

import sys

import typer

from diagnose.checks.finding import Answer
from diagnose.playbook.walk import Ask, Back, PersonQuestion, Reply

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
    typer.echo(f"\n{question.question}\n  why: {question.why}", err=True)
    if question.how:
        typer.echo(f"  how to find out: {question.how}", err=True)
    if question.known:
        typer.echo(f"  known so far: {question.known}", err=True)
    while True:
        try:
            said = typer.prompt("  [y]es / [n]o / [?] don't know / [b]ack", default="?", show_default=False, err=True)
        except typer.Abort:
            return None
        if said.strip().lower() in _REPLIES:
            return _REPLIES[said.strip().lower()]
