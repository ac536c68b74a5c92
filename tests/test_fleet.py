"""The corridor for fleets: read in other processes, compared here."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from diagnose.errors import NothingCollectedError
from diagnose.fleet import compare
from tests.sources.profiles.made import Made

GOROUTINE = [("goroutine", "count")]


def test_processes_say_what_one_says(tmp_path: Path) -> None:
    for i in range(5):
        made = Made(GOROUTINE, time_ns=10**18).add(
            ["runtime.gopark", "runtime.chanrecv1", "main.wait"], [3 + 90 * (i == 4)]
        )
        (tmp_path / f"i{i}").mkdir()
        (tmp_path / f"i{i}" / "goroutine.pb").write_bytes(made.bytes())
    (tmp_path / "i0" / "broken.pb").write_bytes(made.bytes()[:-9])
    alone, gaps = compare([str(tmp_path)])
    with ProcessPoolExecutor(max_workers=2) as pool:
        assert compare([str(tmp_path)], pool) == (alone, gaps)
    assert [name for name, _ in alone.sick] == ["i4"]
    assert len(gaps) == 1


def test_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(NothingCollectedError, match="no heap, goroutine"):
        compare([str(tmp_path)])
