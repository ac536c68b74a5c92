"""Runs one target for a while, or any options of libFuzzer: `python -m tests.fuzz log_lines -runs=1000 -seed=1`."""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path

import atheris

from tests.fuzz import CORPUS, TARGETS


def main() -> None:
    """The first input that a target raises on is written to its folder in `corpus/`, and ends the run."""
    name, *options = sys.argv[1:] or [""]
    if name not in TARGETS:
        sys.exit(f"name one of: {', '.join(TARGETS)}")
    options = [f"-max_total_time={each}" if each.isdigit() else each for each in options] or ["-max_total_time=60"]
    with atheris.instrument_imports(include=["diagnose"]):
        target = importlib.import_module(f"tests.fuzz.{name}").run
    with tempfile.TemporaryDirectory() as grown:
        seeds = CORPUS / name
        where = [f"-artifact_prefix={seeds}/", "-max_len=4096", "-timeout=20"]
        atheris.Setup([str(Path(__file__)), grown, str(seeds), *where, *options], target)
        atheris.Fuzz()


main()
