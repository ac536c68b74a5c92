"""What a person at a terminal sees first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnose.report import terminal
from diagnose.report.view import view
from tests.report import scenes


def told(scene: scenes.Scene, *, colour: bool = False, width: int = 80) -> str:
    diagnosis, evidence, measures = scene
    return terminal.render(view(diagnosis=diagnosis, evidence=evidence, measures=measures), colour=colour, width=width)


def test_the_first_screen_names_cause_culprit_onset_evidence_and_next_command() -> None:
    text = told(scenes.leak())
    for part in (
        "Goroutine leak in orders",
        "93% sure",
        "main.notifyAudit.func1",
        "audit.go:143",
        "11:10:42 UTC",
        "± 4 s",
    ):
        assert part in text
    assert text.count("•") == 3
    assert "  curl -s 'http://orders:6060/debug/pprof/goroutine?debug=2' > goroutines.txt\n" in text


@pytest.mark.parametrize("width", [0, 40, 60, 200])
def test_lines_fit_but_commands_are_never_broken(width: int) -> None:
    lines = told(scenes.leak(), width=width).splitlines()
    assert all(len(line) <= max(width, 40) for line in lines if "curl" not in line)
    assert sum("curl" in line for line in lines) == 1


def test_colour_comes_only_when_asked_for() -> None:
    assert "\x1b[" in told(scenes.leak(), colour=True)
    assert "\x1b[" not in told(scenes.leak())


def test_without_evidence_the_next_step_is_what_is_missing() -> None:
    text = told(scenes.bare())
    assert "Inconclusive" in text
    assert "diagnose incident --log" in text


def test_what_else_it_could_be_and_what_it_is_not() -> None:
    diagnosis, evidence, measures = scenes.leak()
    first, second, third = diagnosis.causes
    text = told((replace(diagnosis, causes=(first, replace(second, confidence=0.3), third)), evidence, measures))
    assert "or        Memory leak 30%" in text
    assert "not       Slow dependency" in text


def test_numbers_stand_before_a_long_title_and_it_is_cut() -> None:
    diagnosis, evidence, measures = scenes.leak()
    long = replace(diagnosis.evidence[0], title="word " * 70)
    text = told((replace(diagnosis, evidence=(long,)), evidence, measures))
    assert "  • 38 → 1,240 goroutines (×32.6)  Word word" in text
    assert text.count("word") < 60


def test_a_healthy_verdict_says_what_was_looked_at() -> None:
    assert "looked at  Log: json, 3,550 lines" in told(scenes.healthy())


def test_an_inconclusive_verdict_does_not_speak_of_certainty() -> None:
    text = told(scenes.bare())
    assert "sure" not in text
    assert "missing  no log source was given" in text
