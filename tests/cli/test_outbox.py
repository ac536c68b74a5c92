"""The folder of a run: refused early, written whole, and cleared of nothing that is not ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from diagnose.cli.outbox import read_text, require_writable, write
from diagnose.errors import DiagnoseError

BUNDLE = {"bundle/manifest.json": b"{}", "report.json": b"{}"}


@pytest.mark.parametrize("name", ["", "new", "new/deep/folder"])
def test_a_folder_that_can_be_made_is_fine_and_not_made_yet(tmp_path: Path, name: str) -> None:
    require_writable(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_file_in_the_way_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DiagnoseError, match="is a file, not a folder; choose another place"):
        require_writable(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_belongs_to_others_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DiagnoseError, match="cannot be written to"):
        require_writable(tmp_path / "new")


def test_writing_below_a_file_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DiagnoseError, match="--out"):
        write(tmp_path / "file", BUNDLE)


def test_a_new_bundle_takes_the_place_of_the_old_one_and_of_nothing_else(tmp_path: Path) -> None:
    write(
        tmp_path,
        BUNDLE
        | {
            f"bundle/{name}": b"old"
            for name in ("logs.json.gz", "run.json", "profiles/000.pb.gz", "playbooks/own.yaml")
        },
    )
    write(tmp_path, {"bundle/notes.txt": b"mine", "bundle/profiles/mine.txt": b"mine"})
    write(tmp_path, BUNDLE | {"bundle/metrics.json.gz": b"new"})
    there = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert there == {*BUNDLE, "bundle/metrics.json.gz", "bundle/notes.txt", "bundle/profiles/mine.txt"}


def test_a_document_leaves_a_bundle_in_the_same_folder_alone(tmp_path: Path) -> None:
    write(tmp_path, BUNDLE)
    write(tmp_path, {"postmortem.md": b"text"})
    assert (tmp_path / "bundle" / "manifest.json").is_file()


def test_what_is_there_is_read_or_refused(tmp_path: Path) -> None:
    assert read_text(tmp_path / "none.md") == ""
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe")
    for name in ("bad.md", "."):
        with pytest.raises(DiagnoseError, match="choose another place"):
            read_text(tmp_path / name)
