"""The short ways answer what the whole command line answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from diagnose.cli.app import app
from diagnose.cli.quick import answered
from diagnose.errors import UsageError
from tests.sources.profiles.made import Made

CPU = [("samples", "count"), ("cpu", "nanoseconds")]


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "cpu.pb").write_bytes(Made(CPU).add(["main.f", "main.main"], [1, 10]).bytes())
    return str(tmp_path / "cpu.pb")


@pytest.mark.parametrize(
    "words",
    [
        "top --json FILE",
        "top FILE --json",
        "top --sample-type samples FILE --json",
        "top FILE --json --sample-type cpu",
    ],
)
def test_both_ways_to_a_profile_answer_alike(words: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["profile", *words.replace("FILE", file).split()]
    assert answered(given)
    assert capsys.readouterr().out == CliRunner().invoke(app, given, catch_exceptions=False).stdout


@pytest.mark.parametrize(
    "words",
    [
        "FILE --json",
        "--json --start 2026-01-31T03:00:01Z FILE --end 2026-01-31T03:00:03Z",
        "--end 2026-01-31T03:00:02Z --json FILE FILE",
    ],
)
def test_both_ways_to_logs_answer_alike(words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "app.log"
    file.write_text("".join(f"2026-01-31T03:00:0{s}Z ERROR it broke\n" for s in range(5)))
    given = ["logs", *words.replace("FILE", str(file)).split()]
    assert answered(given)
    assert capsys.readouterr().out == CliRunner().invoke(app, given, catch_exceptions=False).stdout


@pytest.mark.parametrize(
    "words",
    [
        "profile top FILE",
        "profile top --json",
        "profile top FILE FILE --json",
        "profile top FILE --json --limit 3",
        "profile top FILE --json --sample-type",
        "profile top --json --help",
        "profile top FILE --json --json",
        "profile diff FILE --json",
        "logs FILE",
        "logs --json",
        "logs - --json",
        "logs FILE --json --since 10m",
        "logs FILE --json --workers 2",
        "logs FILE --json --start=2026-01-31T03:00:00Z",
    ],
)
def test_all_else_is_left_to_the_command_line(words: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert not answered(words.replace("FILE", file).split())
    assert capsys.readouterr().out == ""


def test_a_wrong_sample_type_is_the_same_error(file: str) -> None:
    with pytest.raises(UsageError, match="no sample type 'heat'"):
        answered(["profile", "top", file, "--json", "--sample-type", "heat"])
