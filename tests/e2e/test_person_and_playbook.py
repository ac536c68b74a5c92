"""A playbook of one's own that asks a person: what they answered, and the playbook itself, go into the bundle."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Run, recording, within

OUTBOX = """\
playbook: outbox
title: Mails stay in the outbox
start: pending
nodes:
  pending:
    ask: Do mails pile up in the outbox?
    query: {promql: outbox_pending, above: 100}
    person: {why: No metric tells how many wait., how: psql -c "select count(*) from outbox"}
    yes: => lost-lease
    no: -> triage
    unknown: -> triage
causes:
  lost-lease: The dispatcher lost its lease
leaves:
  lost-lease:
    remedy: Renew the lease in a task of its own.
    actions:
      - {when: now, what: Restart the dispatcher, command: systemctl restart dispatcher, risk: mails are sent twice}
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "outbox.yaml").write_text(OUTBOX)
    return tmp_path / "own" / "outbox.yaml"


def asked(root: Path, shelf: Path, out: Path, typed: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    one = recording(root, "parcel-receive")
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    given = ["--playbook", str(shelf), "--metrics", str(one.metrics), *one.logs, *one.window]
    done = within("incident", *given, "--ask", "--json", out=out)
    assert done.code == 0, done.stderr
    return done


@pytest.mark.parametrize(
    ("typed", "cause"), [("y\n", "lost-lease"), ("n\n", "goroutine-leak"), ("?\n", "goroutine-leak")]
)
def test_a_replay_needs_neither_the_person_nor_the_playbook(
    root: Path, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, cause: str
) -> None:
    done = asked(root, shelf, tmp_path / "out", typed, monkeypatch)
    assert done.report["verdict"]["cause"] == cause
    assert done.report["path"][0]["answered_by"] == "person"
    assert done.stdout == (tmp_path / "out" / "report.json").read_text()
    assert "Do mails pile up in the outbox?" in done.stderr

    shutil.rmtree(shelf.parent)
    again = within("replay", str(done.out), out=tmp_path / "again")
    assert again.code == 0, again.stderr
    for name in ("report.json", "report.md", "report.html", "bundle/run.json", "bundle/playbooks/outbox.yaml"):
        assert (again.out / name).read_bytes() == (done.out / name).read_bytes(), name
    assert "person" in within("postmortem", str(again.out)).stdout


def test_nobody_is_asked_anew_unless_wanted(
    root: Path, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = asked(root, shelf, tmp_path / "out", "y\n", monkeypatch)
    nobody = within("replay", str(done.out), "--no-ask", out=tmp_path / "nobody")
    assert nobody.report["path"][0]["answered_by"] == "data"
    assert nobody.report["verdict"]["cause"] == "goroutine-leak"
    shipped = within("replay", str(done.out), "--playbook", "triage", out=tmp_path / "shipped")
    assert shipped.report["path"][0]["node"].startswith("triage/")


def test_a_broken_note_of_the_run_is_one_line(
    root: Path, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = asked(root, shelf, tmp_path / "out", "y\n", monkeypatch)
    (done.out / "bundle" / "run.json").write_text('{"answers": {"outbox/pending": "perhaps"}}')
    broken = within("replay", str(done.out), out=tmp_path / "again")
    assert (broken.code, broken.stderr.count("\n")) == (1, 1)
    assert "run.json" in broken.stderr
