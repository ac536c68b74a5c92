"""The program as a whole: every command has help, errors are one line, and start-up is light."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer
from typer.main import get_command

from diagnose import __version__
from diagnose.cli import run
from diagnose.cli.app import app
from tests.e2e.conftest import within

HEAVY = ("google.protobuf", "jinja2", "networkx", "numpy", "prometheus_api_client", "requests", "rich", "yaml")


def commands() -> Iterator[tuple[str, ...]]:
    """Every command and group by its words."""
    waiting = [((), get_command(app))]
    while waiting:
        words, command = waiting.pop()
        yield words
        waiting += [((*words, name), one) for name, one in getattr(command, "commands", {}).items()]


@pytest.mark.parametrize("words", sorted(commands()), ids=" ".join)
def test_every_command_explains_itself_and_its_options(words: tuple[str, ...]) -> None:
    done = within(*words, "--help")
    assert done.code == 0, done.stderr
    assert done.stdout.startswith(f"Usage: diagnose {' '.join(words)}".rstrip())
    assert done.stderr == ""
    assert not [line for line in done.stdout.splitlines() if line.strip().startswith("--") and len(line.split()) == 1]


def test_the_commands_of_the_contract_are_there() -> None:
    there = {" ".join(words) for words in commands()}
    assert there >= {
        "incident", "demo", "replay", "postmortem", "check", "doctor", "logs", "metrics",
        "profile top", "profile diff", "profile leaks", "profile threads",
        "playbook list", "playbook show", "playbook graph", "playbook lint", "playbook test",
    }  # fmt: skip


def test_the_version() -> None:
    assert within("--version").stdout == f"diagnose {__version__}\n"


def test_python_m_is_the_same_program() -> None:
    done = subprocess.run([sys.executable, "-m", "diagnose", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"diagnose {__version__}\n")


def test_starting_up_loads_no_heavy_library() -> None:
    told = f"import sys, diagnose.cli.app; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("debug", [False, True])
def test_an_internal_error_is_one_line_unless_the_traceback_is_wanted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], debug: bool
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division\nby \x1b[31mzero")

    monkeypatch.setattr("diagnose.investigate.read_bundle", broken)
    monkeypatch.setattr(sys, "argv", ["diagnose", "demo"])
    monkeypatch.setenv("DIAGNOSE_DEBUG", "1" if debug else "")
    with pytest.raises(ZeroDivisionError if debug else SystemExit):
        run()
    told = capsys.readouterr().err
    if not debug:
        assert told == (
            "diagnose: internal error: ZeroDivisionError: division by zero; "
            "DIAGNOSE_DEBUG=1 shows the traceback to report\n"
        )


def test_an_interrupt_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("diagnose.investigate.read_bundle", interrupted)
    monkeypatch.setattr(sys, "argv", ["diagnose", "demo"])
    with pytest.raises((SystemExit, typer.Abort)) as ended:
        run()
    assert "Traceback" not in capsys.readouterr().err
    assert getattr(ended.value, "code", 130) == 130
