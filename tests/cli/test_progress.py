"""Progress: one line that is wiped on a terminal, silence for quick runs elsewhere."""

from __future__ import annotations

import io
import sys
import threading
from contextlib import suppress

import pytest

from diagnose.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_quick_run_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", noted := io.StringIO())
    with progress(quiet_s=3600) as say:
        say("reading")
    assert noted.getvalue() == ""


def test_what_is_being_done_when_the_moment_has_passed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = []
    passed = threading.Event()

    class Noted(io.StringIO):
        def write(self, text: str) -> int:
            lines.append(text)
            passed.set()
            return len(text)

    monkeypatch.setattr(sys, "stderr", Noted())
    with progress(quiet_s=0.05) as say:
        say("reading")
        say("waiting")
        assert passed.wait(30)
        say("judging")
    assert lines[-1] == "judging…\n"
    assert "waiting…\n" in lines


def test_on_a_terminal_the_line_is_wiped_even_when_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", noted := Terminal())
    with suppress(ValueError), progress() as say:
        say("reading")
        raise ValueError
    assert noted.getvalue() == "\r\x1b[Kreading…\r\x1b[K"
