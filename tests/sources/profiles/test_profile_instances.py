"""Which files belong to which instance."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from diagnose.sources.profiles.instances import instances


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a/heap.1", "a/heap.2", "a/deep/cpu", "b/heap.1", "lone"):
        (tmp_path / "fleet" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fleet" / name).write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["fleet"], {"a": 3, "b": 1, "lone": 1}),
        (["fleet/a"], {"heap.1": 1, "heap.2": 1, "deep": 1}),
        (["fleet/*/heap.1"], {"a": 1, "b": 1}),
        (["fleet/a/heap.*"], {"heap.1": 1, "heap.2": 1}),
        (["fleet/a/heap.1", "fleet/b/heap.1"], {"a": 1, "b": 1}),
        (["nowhere"], {}),
    ],
)
def test_instances(sources: list[str], expected: dict[str, int], folder: Path) -> None:
    found = instances([source.replace("/", os.sep) for source in sources])
    assert {one.name: len(one.files) for one in found} == expected
