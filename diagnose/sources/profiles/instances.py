"""Which files belong to which instance of a service."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from diagnose.sources.profiles.files import paths


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance and the files with its profiles, sorted by name."""

    name: str
    files: tuple[str, ...]


def instances(sources: Sequence[str]) -> tuple[Instance, ...]:
    """The instances behind files, globs and folders, by name.

    In a folder each folder is an instance with all that lies below it, and each file beside them is one, too. Files
    named one by one are instances, or where they lie in several folders these are.
    """
    found: dict[str, list[str]] = {}
    named: list[str] = []
    for source in sources:
        for path, given in paths(source):
            if given:
                named.append(path)
            else:
                found.setdefault(Path(path).relative_to(source).parts[0], []).append(path)
    folders = {os.path.dirname(path) for path in named}  # noqa: PTH120 - the same text, not the same place
    for path in named:
        found.setdefault(Path(path).parent.name if len(folders) > 1 else Path(path).name, []).append(path)
    return tuple(Instance(name, tuple(sorted(files))) for name, files in sorted(found.items()))
