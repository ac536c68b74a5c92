"""Write one recording: log, metrics and profiles into its folder, the truth beside it."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import neutral
from .case import INCIDENTS, Case

QUIET_LINE = re.compile(rb"\b(INFO|DEBUG|info|debug)\b")


def stamp(at: float | None) -> str | None:
    """RFC 3339 in UTC with milliseconds."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def thin(log: bytes, one_in: int) -> bytes:
    """Keep one quiet line in `one_in`, and every other line."""
    if one_in <= 1:
        return log
    kept, count = [], 0
    for line in log.splitlines(keepends=True):
        quiet = bool(QUIET_LINE.search(line[:200]))
        count += quiet
        if not quiet or count % one_in == 0:
            kept.append(line)
    return b"".join(kept)


def write_gz(path: Path, data: bytes) -> None:
    """Compress without a time stamp, so that equal input gives equal bytes."""
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def save(
    case: Case, *, log: bytes, metrics: str, profiles: Path, places: dict[str, str], truth: dict[str, Any]
) -> Path:
    """Write examples/incidents/<case>/ and <case>.truth.json; returns the folder.

    `places` maps folders of this machine to what a server would have.
    """
    folder = INCIDENTS / case.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_gz(folder / "app.log.gz", thin(neutral.text(log, places), case.keep_one_log_line_in))
    write_gz(folder / "metrics.om.gz", metrics.encode())
    if profiles.is_dir():
        (folder / "profiles").mkdir()
        for path in sorted(profiles.iterdir()):
            (folder / "profiles" / path.name).write_bytes(neutral.profile(path.read_bytes(), places))
    text = json.dumps(truth, indent=1, ensure_ascii=False) + "\n"
    (INCIDENTS / f"{case.name}.truth.json").write_text(text, encoding="utf-8")
    return folder
