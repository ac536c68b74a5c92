"""Colour is for terminals, and only where nobody asked for none."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from diagnose.cli.deliver import coloured


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
    ],
)
def test_who_gets_colour(stream: io.StringIO, environment: dict[str, str], *, expected: bool) -> None:
    assert coloured(stream, environment) is expected


@pytest.mark.parametrize(("wish", "expected"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_run_on_a_terminal_honours_no_color(tmp_path: Path, wish: dict[str, str], *, expected: bool) -> None:
    # GIVEN a terminal
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"} | wish
    # WHEN a run writes its verdict there
    told = [sys.executable, "-m", "diagnose", "demo", "--out", str(tmp_path / "demo")]
    subprocess.run(told, stdout=theirs, stderr=subprocess.DEVNULL, env=environment, check=True)
    os.close(theirs)
    # THEN it is coloured, or not, as they wished
    assert (b"\x1b[" in os.read(ours, 65536)) is expected
