"""The person at the keyboard: asked on stderr, only when there is one."""

from __future__ import annotations

import io
import sys

import pytest

from diagnose.checks.finding import Answer
from diagnose.cli.person import asker
from diagnose.playbook.walk import Back, PersonQuestion, Reply

QUESTION = PersonQuestion(
    "triage/one", "Did a release go out?", "no metric tells it", "look at the pipeline", "nothing"
)


@pytest.mark.parametrize("wanted", [None, False])
def test_nobody_is_asked_without_a_terminal_or_against_the_wish(
    monkeypatch: pytest.MonkeyPatch, wanted: bool | None
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert asker(wanted) is None


@pytest.mark.parametrize(
    ("typed", "reply"),
    [
        ("y\n", Answer.YES),
        ("No\n", Answer.NO),
        ("?\n", Answer.UNKNOWN),
        ("\n", Answer.UNKNOWN),
        ("b\n", Back.BACK),
        ("perhaps\nyes\n", Answer.YES),
        ("", None),
    ],
)
def test_answers_as_people_type_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, reply: Reply
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    ask = asker(True)
    assert ask is not None
    assert ask(QUESTION) is reply
    told = capsys.readouterr()
    assert told.out == ""
    for part in ("Did a release go out?", "no metric tells it", "look at the pipeline", "nothing"):
        assert part in told.err
