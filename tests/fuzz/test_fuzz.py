"""What the fuzzer found once stays fixed, and a short run finds nothing new."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import CORPUS, TARGETS

INPUTS = [path for name in TARGETS for path in sorted((CORPUS / name).iterdir())]


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_stays_fixed(path: Path) -> None:
    importlib.import_module(f"tests.fuzz.{path.parent.name}").run(path.read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_a_short_run_finds_nothing(root: Path, target: str) -> None:
    pytest.importorskip("atheris", reason="the fuzzer has no wheel for this Python")
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", target, "-runs=2000", "-seed=1"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
