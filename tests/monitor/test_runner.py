"""A diagnosis as a process of its own: it ends by itself, by its limit, or when the server ends."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from diagnose.monitor.records import Outcome, State
from diagnose.monitor.runner import environment, run

CSV = "time,go_goroutines\n" + "".join(f"{1769828400 + 15 * step},{step % 3}\n" for step in range(40))


def test_it_leaves_a_report(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(CSV)
    done = run([f"--metrics={tmp_path}/m.csv"], tmp_path / "out", limit_s=120, halt=threading.Event())
    assert done == Outcome(State.DONE)
    assert (tmp_path / "out" / "report.html").is_file()


def test_what_went_wrong_is_its_last_line(tmp_path: Path) -> None:
    done = run([f"--metrics={tmp_path}/none"], tmp_path / "out", limit_s=120, halt=threading.Event())
    assert done.state is State.FAILED
    assert done.why.startswith("nothing could be collected: ")


@pytest.mark.parametrize(
    ("halted", "state", "why"), [(False, State.FAILED, "time limit"), (True, State.INTERRUPTED, "")]
)
def test_one_that_does_not_end_is_ended(tmp_path: Path, halted: bool, state: State, why: str) -> None:
    os.mkfifo(tmp_path / "endless.csv")
    halt = threading.Event()
    if halted:
        halt.set()
    done = run([f"--metrics={tmp_path}/endless.csv"], tmp_path / "out", limit_s=0.5, halt=halt)
    assert done.state is state
    assert why in done.why


def test_a_run_knows_the_way_to_its_sources_and_no_secret_of_the_server() -> None:
    given = {
        "PATH": "/bin",
        "DIAGNOSE_PROMETHEUS_TOKEN": "t",
        "DIAGNOSE_PROMETHEUS": "http://other",
        "DIAGNOSE_LOGS": "other.log",
        "DIAGNOSE_SERVE_TOKEN": "s",
        "DIAGNOSE_NOTIFY_URL": "https://hooks.example/s",
    }
    assert environment(given) == {"PATH": "/bin", "DIAGNOSE_PROMETHEUS_TOKEN": "t"}
