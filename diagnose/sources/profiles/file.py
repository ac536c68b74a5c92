"""One profile from one file; it imports little, because reading one is all that some commands do."""

from __future__ import annotations

import os

from diagnose.errors import SourceError
from diagnose.signals.profile import Profile
from diagnose.sources.profiles.decode import decode

_LARGEST = 2 << 30


def read(path: str) -> Profile:
    """The profile in one file. Raises SourceError."""
    try:
        if os.stat(path).st_size > _LARGEST:  # noqa: PTH116 - pathlib takes longer to import than a small file to read
            raise SourceError(f"{path}: larger than 2 GiB; not read")
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read ({error}); check the path") from None
    return decode(data, path)
