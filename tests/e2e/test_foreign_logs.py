"""From the log alone, of a stack that the lab does not run: the right cause, whatever the stack calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.investigate import Request, collect, diagnose, library_of
from diagnose.signals.window import Window
from tests.e2e.foreign import BEGIN, END, FAULT, FAULTS, log_of


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_the_words_of_its_stack(name: str, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text(log_of(name))
    window = Window(BEGIN.timestamp(), END.timestamp())
    collected = collect(Request(window=window, logs=(str(log),)), progress=lambda _: None)
    found, _ = diagnose(collected, library_of("triage"))
    assert found.verdict.cause == FAULTS[name]["cause"], found.causes[:3]
    assert found.onset == pytest.approx(FAULT.timestamp(), abs=30)
