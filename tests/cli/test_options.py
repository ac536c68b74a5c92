"""Options that several commands share: what they make together, and what wins."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from diagnose.cli.app import app
from diagnose.cli.options import one_of
from diagnose.cli.windows import AFTER_S, BEFORE_S, window_of
from diagnose.errors import UsageError
from diagnose.sources.metrics import files
from diagnose.sources.metrics.lines import Lines

THREE = 1_769_828_400.0  # 2026-01-31T03:00:00Z


def given(**options: str):
    return window_of(**({"start": "", "end": "", "since": "", "at": ""} | options))


def test_without_a_word_on_time_there_is_no_window() -> None:
    assert given() is None


@pytest.mark.parametrize(
    ("options", "start", "end"),
    [
        ({"start": "2026-01-31T03:00:00Z", "end": "2026-01-31T03:30:00Z"}, THREE, THREE + 1800),
        ({"start": "1769828400", "end": "1769828400500"}, THREE, THREE + 0.5),
        ({"end": "2026-01-31T04:00:00+01:00"}, THREE - 3600, THREE),
        ({"at": "2026-01-31T03:00:00Z"}, THREE - BEFORE_S, THREE + AFTER_S),
    ],
)
def test_a_window_in_the_past(options: dict[str, str], start: float, end: float) -> None:
    window = given(**options)
    assert window is not None
    assert (window.start, window.end) == (start, end)


@pytest.mark.parametrize("options", [{"since": "30m"}, {"start": "-30m"}, {"start": "30m ago", "end": "now"}])
def test_a_window_that_ends_now(options: dict[str, str]) -> None:
    before = time.time()
    window = given(**options)
    assert window is not None
    assert before <= window.end <= time.time()
    assert window.duration == pytest.approx(1800, abs=1)


def test_around_this_moment_ends_soon_after_it() -> None:
    window = given(at="now")
    assert window is not None
    assert window.end - window.start == pytest.approx(BEFORE_S + 1, abs=1)


@pytest.mark.parametrize(
    "options",
    [
        {"since": "30m", "at": "now"},
        {"since": "30m", "start": "-1h"},
        {"at": "now", "end": "now"},
        {"start": "now", "end": "-1h"},
        {"since": "half an hour"},
        {"since": "30"},
        {"at": "noon"},
        {"end": "2026-13-01T00:00:00Z"},
    ],
)
def test_what_contradicts_itself_or_is_no_time_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        given(**options)


@pytest.mark.parametrize(
    ("environment", "prometheus", "metrics", "expected"),
    [
        ({}, "", "", ("", "")),
        ({}, "url", "", ("url", "")),
        ({}, "", "file", ("", "file")),
        ({"DIAGNOSE_PROMETHEUS": "url"}, "url", "file", ("", "file")),
        ({"DIAGNOSE_METRICS": "file"}, "url", "file", ("url", "")),
    ],
)
def test_the_command_line_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    prometheus: str,
    metrics: str,
    expected: tuple[str, str],
) -> None:
    for name in ("DIAGNOSE_PROMETHEUS", "DIAGNOSE_METRICS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert one_of(prometheus, metrics) == expected


def test_two_sources_of_metrics_on_one_command_line_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIAGNOSE_PROMETHEUS", raising=False)
    with pytest.raises(UsageError):
        one_of("url", "file")


@pytest.mark.parametrize("command", ["incident", "metrics"])
def test_a_file_of_metrics_is_read_once_even_to_find_the_window(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    file, read = tmp_path / "metrics.csv", []
    file.write_text("time,go_goroutines\n" + "".join(f"{THREE + 15 * step},{step % 3}\n" for step in range(40)))
    monkeypatch.setattr(files, "Lines", lambda path: read.append(path) or Lines(path))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [command, "--metrics", str(file)])
    assert (done.exit_code, read) == (0, [str(file)]), done.output
