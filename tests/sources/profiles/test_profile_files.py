"""Profiles from files, globs and directories: what is read, what becomes a gap, what is passed by."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from diagnose.signals.profile import ProfileKind
from diagnose.sources.profiles.files import collect
from tests.sources.profiles.made import Made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as people have them: two profiles under odd names, notes, and an empty capture."""
    cpu = Made([("samples", "count"), ("cpu", "nanoseconds")]).add(["main.f"], [1, 10]).bytes()
    goroutine = Made([("goroutine", "count")]).add(["main.f"], [3]).bytes()
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.png").write_bytes(gzip.compress(cpu))
    (tmp_path / "sub" / "heap.txt").write_bytes(goroutine)
    (tmp_path / "notes.md").write_text("# what we saw\n")
    (tmp_path / "picture.bin").write_bytes(bytes(range(256)))
    return tmp_path


def test_the_content_decides_not_the_name(folder: Path) -> None:
    profiles, gaps = collect([str(folder)])
    assert [profile.kind for profile in profiles] == [ProfileKind.CPU, ProfileKind.GOROUTINE]
    assert [profile.source for profile in profiles] == [str(folder / "a.png"), str(folder / "sub" / "heap.txt")]
    assert gaps == ()


def test_a_foreign_file_that_was_named_is_a_gap(folder: Path) -> None:
    profiles, gaps = collect([str(folder / "notes.md"), str(folder / "*.bin")])
    assert profiles == ()
    assert [str(folder / name) in gap.why for gap, name in zip(gaps, ["notes.md", "picture.bin"], strict=True)] == [
        True,
        True,
    ]


def test_an_empty_or_truncated_capture_is_a_gap_even_in_a_folder(folder: Path) -> None:
    (folder / "b.pb.gz").write_bytes(b"")
    (folder / "c.pb.gz").write_bytes((folder / "a.png").read_bytes()[:-9])
    profiles, gaps = collect([str(folder)])
    assert len(profiles) == 2
    assert ["empty file" in gaps[0].why, "truncated" in gaps[1].why] == [True, True]
    assert gaps[0].command is not None


@pytest.mark.parametrize("source", ["nowhere.pb.gz", "sub/*.none"])
def test_nothing_there_is_a_gap(folder: Path, source: str) -> None:
    profiles, gaps = collect([str(folder / source)])
    assert (profiles, len(gaps)) == ((), 1)
    assert "nothing is there" in gaps[0].why


def test_a_folder_without_any_profile_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("hello\n")
    _, gaps = collect([str(tmp_path)])
    assert "none of its 1 files is a profile" in gaps[0].why


def test_a_file_that_may_not_be_read_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    _, gaps = collect([str(tmp_path / "loop")])
    assert "cannot be read" in gaps[0].why
