"""Diagnose a recording as a person would, and say what was true."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from .case import INCIDENTS, LabError
from .service import BUILD


def diagnose_command(name: str, program: str) -> list[str]:
    """The command line that investigates one recording."""
    folder, truth = INCIDENTS / name, json.loads((INCIDENTS / f"{name}.truth.json").read_text(encoding="utf-8"))
    command = [program, "incident", "--no-ask", "--select", truth["select"]]
    command += ["--metrics", str(folder / "metrics.om.gz"), "--logs", str(folder / "app.log.gz")]
    if (folder / "profiles").is_dir():
        command += ["--profiles", str(folder / "profiles")]
    command += ["--start", truth["window"]["start"], "--end", truth["window"]["end"]]
    return [*command, "--out", str(BUILD / "report" / name)]


def report(name: str) -> int:
    """Run `diagnose incident` on a recording, then print the truth; returns its exit code."""
    beside = Path(sys.executable).with_name("diagnose")
    program = str(beside) if beside.exists() else shutil.which("diagnose")
    if program is None:
        raise LabError("the command diagnose is not installed: run `make setup` in the root of the repository")
    if not (INCIDENTS / f"{name}.truth.json").exists():
        raise LabError(f"there is no recording {name}; make it with `lab record {name}`")
    done = subprocess.run(diagnose_command(name, program), check=False)
    truth = json.loads((INCIDENTS / f"{name}.truth.json").read_text(encoding="utf-8"))
    print(f"\ntruth: {truth['cause']}, culprit {', '.join(truth['culprit']) or '–'}, onset {truth['onset'] or '–'}")
    return done.returncode
