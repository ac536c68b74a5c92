"""The direction of imports, and the libraries that only one room may know."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "signals": {"errors"},
    "sources": {"errors", "signals"},
    "checks": {"errors", "signals"},
    "playbook": {"errors", "signals", "checks"},
    "report": {"errors", "signals", "checks", "playbook"},
    "investigate": {"errors", "signals", "sources", "checks", "playbook", "report"},
    "fleet": {"errors", "signals", "sources", "checks"},
    "rehearse": {"errors", "signals", "sources", "checks", "playbook", "investigate"},
    "monitor": {"errors", "signals", "sources", "checks", "playbook", "report", "investigate"},
    "cli": {
        "errors",
        "signals",
        "sources",
        "checks",
        "playbook",
        "report",
        "investigate",
        "fleet",
        "monitor",
        "rehearse",
    },
}
ONLY_IN: dict[str, str | tuple[str, ...]] = {
    "typer": "cli",
    "networkx": "playbook/graph.py",
    "jinja2": "report",
    "prometheus_api_client": "sources/metrics",
    "requests": ("sources", "monitor/notify.py"),
    "prometheus_client": "monitor/instruments.py",
    "waitress": "monitor/server.py",
    "werkzeug": "monitor/web.py",
    "google": "sources/profiles",
}
PACKAGE = Path(__file__).resolve().parent.parent / "diagnose"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if not path.name.endswith("_pb2.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    room = place.split("/")[0].removesuffix(".py")
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "diagnose" and len(parts) > 1 and room in ROOMS and parts[1] != room:
            assert parts[1] in ROOMS[room], f"{room} must not import {name}"
        home = ONLY_IN.get(parts[0])
        assert home is None or place.startswith(home), f"{name} belongs to {home} alone"


def test_the_rooms_are_all_there() -> None:
    assert {path.name.removesuffix(".py") for path in PACKAGE.iterdir()} >= set(ROOMS)
