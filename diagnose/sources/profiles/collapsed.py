"""Collapsed stacks: `root;middle;leaf 42`, one stack a line."""

from __future__ import annotations

import re

from diagnose.errors import SourceError
from diagnose.signals.profile import Frame, Profile, ProfileKind, SampleType
from diagnose.sources.profiles.kinds import producer_of
from diagnose.sources.profiles.stacks import Gathered

_PLACE = re.compile(r"^(.+?) \(?([^() ]+\.\w{1,4}):(\d+)\)?$")
_HEAD = 1 << 16


def recognises(plain: bytes) -> bool:
    """Whether nearly all of the first lines are stacks with a count, and at least one has a caller."""
    lines = plain[:_HEAD].split(b"\n")[: 200 if len(plain) <= _HEAD else -1][:200]
    lines = [line for line in lines if line.strip() and not line.startswith(b"#")]
    hits = [line for line in lines if _parse(line)]
    return bool(hits) and 10 * len(hits) >= 9 * len(lines) and any(b";" in line for line in hits)


def decode(plain: bytes, source: str) -> Profile:
    """Stacks with their counts as samples."""
    gathered = Gathered()
    for line in plain.split(b"\n"):
        if (hit := _parse(line)) is not None:
            names = hit[0].decode("utf-8", "replace").split(";")
            gathered.add([_frame(name) for name in reversed(names)], (), [hit[1]])
    if not gathered.stacks:
        raise SourceError(f"{source}: no stacks in it; write one `root;leaf count` a line")
    types = (SampleType("samples", "count"),)
    return gathered.profile(ProfileKind.CPU, types, producer=producer_of(tuple(gathered.frames)), source=source)


def _parse(line: bytes) -> tuple[bytes, int] | None:
    """A stack and its count; None for anything else."""
    if line[:1].isspace():
        return None
    words = line.rstrip().replace(b"\t", b" ").rsplit(b" ", 1)
    if len(words) < 2 or not words[0].strip() or not words[1].removeprefix(b"-").isdigit() or len(words[1]) > 18:
        return None
    return words[0].rstrip(), int(words[1])


def _frame(name: str) -> Frame:
    place = _PLACE.match(name) if len(name) < 1024 else None
    return Frame(place[1], place[2], int(place[3])) if place else Frame(name)
