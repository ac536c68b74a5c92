"""Which files a person means: files, globs, directories, standard input."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from diagnose.errors import SourceError
from diagnose.signals.evidence import Gap, Signal
from diagnose.sources.logs import remote

STDIN = "-"
_ROTATED = re.compile(r"^(?P<stem>.*?)(?:[.-](?P<number>\d{1,4}))?(?P<packed>\.(?:gz|zst|xz|bz2))?$")
_NOT_LOGS = frozenset(
    [
        ".png",
        ".jpg",
        ".gif",
        ".pdf",
        ".zip",
        ".tar",
        ".tgz",
        ".so",
        ".pyc",
        ".exe",
        ".bin",
        ".pb",
        ".db",
        ".sqlite",
        ".parquet",
        ".wal",
        ".idx",
        ".yaml",
        ".yml",
        ".toml",
        ".md",
        ".html",
        ".py",
        ".go",
        ".js",
        ".java",
        ".rs",
        ".css",
    ]
)
_PACKED = {".pb", ".om", ".prom", ".openmetrics"}  # profiles and metrics, compressed or not
_MOST = 5_000


def resolve(sources: Sequence[str]) -> tuple[list[str], list[Gap]]:
    """The files behind the sources, rotated ones oldest first, each once; and a gap for each source without any."""
    found: list[str] = []
    gaps: list[Gap] = []
    for source in sources:
        try:
            names = remote.expand(source) if remote.is_remote(source) else list(_files(source))
        except SourceError as error:
            gaps.append(Gap(Signal.LOG, str(error), error.remedy))
            continue
        if names:
            found += names
        else:
            gaps.append(_nothing(source))
    return list(dict.fromkeys(found))[:_MOST], gaps


def _files(source: str) -> Iterator[str]:
    if source == STDIN:
        yield STDIN
        return
    path = Path(source).expanduser()
    if path.is_dir():
        yield from _ordered(str(each) for each in path.rglob("*") if each.is_file() and _may_be_log(each))
    elif path.exists():
        yield str(path)
    elif glob.has_magic(source):
        yield from _ordered(name for name in glob.iglob(str(path), recursive=True) if Path(name).is_file())  # noqa: PTH207 - absolute globs


def _may_be_log(path: Path) -> bool:
    suffixes = path.suffixes
    return not path.name.startswith(".") and not (suffixes and suffixes[-1] in _NOT_LOGS) and not _PACKED & {*suffixes}


def _ordered(names: Iterator[str]) -> list[str]:
    """Rotated files of one log next to each other, the highest number (the oldest) first."""
    return sorted(names, key=_age)


def _age(name: str) -> tuple[str, int, str]:
    found = _ROTATED.match(name)
    if found is None:
        return name, 0, name
    return found["stem"], -int(found["number"] or 0), name


def _nothing(source: str) -> Gap:
    if remote.is_remote(source):
        return Gap(Signal.LOG, f"no file at {remote.shown(source)}", f"curl -sSI '{remote.shown(source)}'")
    if glob.has_magic(source):
        return Gap(Signal.LOG, f"no file matches {source}", f"ls -l {source}")
    if Path(source).is_dir():
        return Gap(Signal.LOG, f"no log files in {source}", f"ls -lR {source}")
    return Gap(Signal.LOG, f"no such file: {source}", f"ls -l {source}")
