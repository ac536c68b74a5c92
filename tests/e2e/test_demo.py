"""The demo: a recorded incident that ships, with no server and no network."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import NoReturn

import pytest

from diagnose.signals.window import parse_moment
from tests.e2e.conftest import within

BUNDLE = Path(__file__).resolve().parents[2] / "diagnose" / "demo"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail("the network was used")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.mark.usefixtures("no_network")
def test_it_names_cause_and_culprit_and_leaves_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = within("demo")
    assert done.code == 0, done.stderr
    assert done.stdout.startswith("Database pool exhausted in shop")
    assert "main.queryOrder" in done.stdout
    assert done.stdout.endswith("report: incidents/demo/report.html\n")
    out = tmp_path / "incidents" / "demo"
    assert {path.name for path in out.iterdir()} == {"report.html", "report.md", "report.json", "bundle"}


@pytest.mark.usefixtures("no_network")
def test_its_verdict_its_onset_and_its_sources(tmp_path: Path) -> None:
    done = within("demo", "--json", out=tmp_path / "out")
    report = json.loads(done.stdout)
    assert done.stdout == (tmp_path / "out" / "report.json").read_text()
    assert report["verdict"]["cause"] == "db-pool-exhaustion"
    assert report["verdict"]["culprit"]["name"] == "main.queryOrder"
    assert abs(parse_moment(report["onset"], now=0) - parse_moment("2026-11-22T23:21:43Z", now=0)) < 15
    assert {one["signal"] for one in report["evidence"]} >= {"log", "metric", "profile"}


def test_the_bundle_is_small_and_knows_no_machine() -> None:
    files = [path for path in BUNDLE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 300_000
    manifest = json.loads((BUNDLE / "manifest.json").read_text())
    assert manifest["prometheus"] == "http://127.0.0.1:9090"
    assert all(one["source"].startswith("profiles/") for one in manifest["profiles"])
    assert manifest["gaps"] == []
