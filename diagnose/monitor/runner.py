"""`diagnose incident` as a process of its own: what it reads, takes and breaks stays there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from diagnose.monitor.records import Outcome, State
from diagnose.report.text import line

_KEPT = ("DIAGNOSE_PROMETHEUS_", "DIAGNOSE_PROBE_", "DIAGNOSE_DEBUG", "DIAGNOSE_WORKERS", "DIAGNOSE_DASK")
_LOOK_S = 0.2
_SAID = 4000  # bytes from the end of what a run says
_USUAL = 400


def run(words: Sequence[str], folder: Path, *, limit_s: float, halt: threading.Event) -> Outcome:
    """Diagnose into a folder; a run that takes longer than the limit is ended, and so is one that `halt` interrupts."""
    command = [sys.executable, "-m", "diagnose", "incident", *words, "--no-ask", f"--config={os.devnull}"]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [*command, f"--out={folder}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env=environment(os.environ),
            start_new_session=True,
        )
        code = _awaited(child, time.monotonic() + limit_s, halt)
        if code is None:
            _end(child)
            stopped = Outcome(State.INTERRUPTED, "interrupted: diagnose was stopped")
            return stopped if halt.is_set() else Outcome(State.FAILED, f"ended after {limit_s:g} s, its time limit")
        return Outcome(State.DONE) if code == 0 else Outcome(State.FAILED, _last_words(said, code))


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """What a run may know: the way to its sources, neither options that were not meant for it nor our own secrets."""
    return {
        name: text for name, text in variables.items() if not name.startswith("DIAGNOSE_") or name.startswith(_KEPT)
    }


def _awaited(child: subprocess.Popen[bytes], until: float, halt: threading.Event) -> int | None:
    """The exit code, None when the time is over."""
    while time.monotonic() < until and not halt.is_set():
        try:
            return child.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            continue
    return child.poll()


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the process and those that it started; it has nothing to lose."""
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _last_words(said: IO[bytes], code: int) -> str:
    size = said.seek(0, os.SEEK_END)
    said.seek(max(size - _SAID, 0))
    told = [text for text in said.read().decode(errors="replace").splitlines() if text.strip()]
    return line(told[-1].removeprefix("diagnose: "), _USUAL) if told else f"ended with exit code {code}"
