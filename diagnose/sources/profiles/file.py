"""One profile from one file; it imports little, because reading one is all that some commands do."""

from __future__ import annotations

import os
from typing import BinaryIO

from diagnose.errors import SourceError
from diagnose.signals.profile import Profile
from diagnose.sources.profiles.decode import decode

_LARGEST = 2 << 30


def read(path: str, *, keep: bool = True) -> Profile:
    """The profile in one file, with its bytes in `raw` unless `keep` is false. Raises SourceError."""
    try:
        if os.stat(path).st_size > _LARGEST:  # noqa: PTH116 - pathlib takes longer to import than a small file to read
            raise SourceError(f"{path}: larger than 2 GiB; not read")
        file = open(path, "rb")  # noqa: PTH123, SIM115
    except (OSError, ValueError) as error:
        raise _unread(path, error) from None
    with file:
        return decode(_content(file, path), path, keep=keep)


def _content(file: BinaryIO, path: str) -> bytes:
    try:
        return file.read()
    except OSError as error:
        raise _unread(path, error) from None


def _unread(path: str, error: Exception) -> SourceError:
    if isinstance(error, IsADirectoryError):
        return SourceError(f"{path}: a folder; give one profile, or compare many with diagnose profile fleet {path}")
    return SourceError(f"{path}: cannot be read ({error}); check the path")
