"""Profiles from files, globs and directories."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from diagnose.errors import SourceError
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.profile import Profile
from diagnose.sources.profiles.decode import ForeignError
from diagnose.sources.profiles.file import read

_MOST_FILES = 5000


def collect(sources: Sequence[str]) -> tuple[tuple[Profile, ...], tuple[Gap, ...]]:
    """Every profile under the sources, in the order given and by name within each, and a gap for each that failed.

    A directory is searched through; files in it that are no profile are skipped, unless it holds no profile at all.
    """
    profiles: list[Profile] = []
    gaps: list[Gap] = []
    for source in sources:
        found, missing = _collect(source)
        profiles += found
        gaps += missing
    return tuple(profiles), tuple(gaps)


def _collect(source: str) -> tuple[list[Profile], list[Gap]]:
    profiles: list[Profile] = []
    gaps: list[Gap] = []
    skipped = 0
    for path, given in paths(source):
        try:
            profiles.append(read(path))
        except ForeignError as error:
            skipped += 1
            if given:
                gaps.append(_gap(error))
        except SourceError as error:
            gaps.append(_gap(error))
    if not profiles and not gaps:
        seen = f"none of its {skipped} files is a profile" if skipped else "nothing is there"
        gaps.append(Gap(Signal.PROFILE, f"{source}: {seen}; give a file, a glob or a directory with profiles"))
    return profiles, gaps


def paths(source: str) -> Iterator[tuple[str, bool]]:
    """Files of a source, and whether each was named by the user rather than found in a directory."""
    named = [source] if os.path.lexists(source) else sorted(glob.glob(source, recursive=True))  # noqa: PTH207
    for path in named:
        if Path(path).is_dir():
            yield from ((found, False) for found in islice(_below(path), _MOST_FILES))
        else:
            yield path, True


def _below(folder: str) -> Iterator[str]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        yield from (str(path) for name in sorted(names) if _plain(path := Path(root, name)))


def _plain(path: Path) -> bool:
    return not path.name.startswith(".") and path.is_file()


def _gap(error: SourceError) -> Gap:
    return Gap(Signal.PROFILE, str(error), error.remedy)
