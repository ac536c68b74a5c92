"""The folder that a run leaves behind."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from diagnose.cli.rerun import PLAYBOOKS, RUN
from diagnose.errors import DiagnoseError
from diagnose.signals.bundle import LOGS, MANIFEST, METRICS, PROFILES


def require_writable(out: Path | None) -> None:
    """Stop before anything is collected when the report could not be written there. Raises DiagnoseError."""
    place = (out or Path("incidents")).absolute()
    try:
        there = next(folder for folder in (place, *place.parents) if folder.exists())
    except OSError as error:
        raise _unwritable(place, error) from None
    if not there.is_dir():
        raise DiagnoseError(f"{there} is a file, not a folder; choose another place with --out")
    if not os.access(there, os.W_OK | os.X_OK):
        raise DiagnoseError(f"{there} cannot be written to; choose another place with --out")


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files under a folder, making it where needed; a new bundle takes the place of the one that was there."""
    try:
        if f"bundle/{MANIFEST}" in files:
            _clear(folder / "bundle")
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise _unwritable(folder, error) from None


def write_file(file: Path, text: str) -> None:
    """One text file, in a folder that is made where needed. Raises DiagnoseError."""
    write(file.parent, {file.name: text.encode("utf-8")})


def read_text(file: Path) -> str:
    """What a former run or a person wrote there, empty when there is nothing yet."""
    try:
        return file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise DiagnoseError(
            f"{file}: what is there cannot be read ({error}); choose another place with --out"
        ) from None


def _clear(bundle: Path) -> None:
    """Take away the bundle of a former run, so that none of its parts is read as one of this run."""
    if (bundle / MANIFEST).is_file():
        parts = [bundle / name for name in (MANIFEST, LOGS, METRICS, RUN)]
        for path in (*parts, *(bundle / PROFILES).glob("[0-9]*"), *(bundle / PLAYBOOKS).glob("*.yaml")):
            path.unlink(missing_ok=True)


def _unwritable(folder: Path, error: OSError) -> DiagnoseError:
    return DiagnoseError(f"{folder}: the report cannot be written: {error.strerror}; choose another place with --out")
