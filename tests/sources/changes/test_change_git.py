"""Commits and tags of a real repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from diagnose.signals.window import Window
from diagnose.sources.changes import git

WINDOW = Window(1_700_000_000.0, 1_700_003_600.0)


def run(place: Path, *words: str, at: int = 0) -> None:
    stamp = f"{at} +0000"
    person = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    subprocess.run(
        ["git", "-C", str(place), *words], check=True, capture_output=True, env={**os.environ, **person, **dates}
    )


def test_the_commits_of_the_window_with_their_tags(tmp_path: Path) -> None:
    run(tmp_path, "init", "--quiet")
    for at, subject in (
        (1_699_000_000, "before"),
        (1_700_000_600, "Add a cache token=abc123secret"),
        (1_800_000_000, "after"),
    ):
        run(tmp_path, "commit", "--quiet", "--allow-empty", "-m", subject, at=at)
    run(tmp_path, "tag", "v1.4.2", "HEAD~1")
    (found,), gaps = git.collect(str(tmp_path), WINDOW)
    assert gaps == ()
    assert (found.at, found.kind) == (1_700_000_600.0, "commit")
    assert "v1.4.2: Add a cache" in found.title
    assert "abc123secret" not in found.title
    assert "show" in found.source


def test_a_repository_may_not_run_its_own_programs(tmp_path: Path) -> None:
    # GIVEN a repository whose settings name a program that git would run
    run(tmp_path, "init", "--quiet")
    run(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "first", at=1_700_000_600)
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "gpg.program", "core.pager"):
        run(tmp_path, "config", key, str(trap))
    run(tmp_path, "config", "log.showSignature", "true")
    # WHEN its history is read THEN the program did not run
    found, _ = git.collect(str(tmp_path), WINDOW)
    assert len(found) == 1
    assert not (tmp_path / "sprung").exists()


def test_what_is_no_repository_is_a_gap(tmp_path: Path) -> None:
    found, gaps = git.collect(str(tmp_path / "none"), WINDOW)
    assert found == ()
    assert gaps[0].command
