"""`diagnose incident --probe`: something cannot be reached, and nothing else is known."""

from __future__ import annotations

import os
from pathlib import Path

from tests.e2e.conftest import diagnose, free_port, within


def test_a_closed_port_is_named_with_the_command_that_repeats_it(tmp_path: Path) -> None:
    target = f"127.0.0.1:{free_port()}"
    done = diagnose("incident", "--probe", target, "--no-ask", "--json", out=tmp_path / "out")
    assert done.code == 0, done.stderr
    report = done.report
    assert report["verdict"]["cause"] == "dependency-down"
    assert report["verdict"]["culprit"]["name"] == target
    (refused,) = [one for one in report["evidence"] if one["signal"] == "probe"]
    assert refused["reproduce"].startswith("nc -vz")
    assert within("replay", str(tmp_path / "out"), "--json").stdout == done.stdout


def test_a_target_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    done = within("incident", "--probe", "shop", out=tmp_path / "out")
    assert done.code == 2
    assert "HOST:PORT" in done.stderr


def test_it_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "metrics.om"
    os.mkfifo(pipe)  # whoever reads it waits for a writer, for ever
    assert diagnose("incident", "--metrics", str(pipe), "--probe", "shop", out=tmp_path / "out").code == 2
