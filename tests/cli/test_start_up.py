"""What a command imports before it does anything: the slow libraries wait until they are needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LINE = "2026-01-31T03:00:00Z ERROR it broke\n"
SLOW = {"requests", "networkx", "jinja2", "google.protobuf", "prometheus_api_client", "pydantic", "rich", "yaml"}
SHOW = "import sys; from diagnose.cli.app import app; app(sys.argv[1:], standalone_mode=False); print(*sys.modules)"


def imported(*arguments: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", SHOW, *arguments], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("shown", [[], ["--json"]], ids=["table", "json"])
def test_reading_logs_imports_no_slow_library(tmp_path: Path, shown: list[str]) -> None:
    (tmp_path / "app.log").write_text(LINE)
    assert not SLOW & imported("logs", str(tmp_path), *shown)


def test_the_short_way_to_logs_imports_no_command_line(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text(LINE)
    words = [str(tmp_path / "app.log"), "--json"]
    told = "import sys; from diagnose.cli import run; run(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told, "logs", *words], capture_output=True, text=True, check=True)
    assert not (SLOW | {"typer", "multiprocessing", "concurrent.futures"}) & set(done.stdout.splitlines()[-1].split())


def test_help_imports_no_slow_library() -> None:
    assert not (SLOW | {"numpy"}) & imported("logs", "--help")
