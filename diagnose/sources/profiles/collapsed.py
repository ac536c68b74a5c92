"""Collapsed stacks: `root;middle;leaf 42`, one stack a line."""

from __future__ import annotations

import re

from diagnose.errors import SourceError
from diagnose.signals.profile import Frame, Profile, ProfileKind, SampleType
from diagnose.sources.profiles.kinds import producer_of
from diagnose.sources.profiles.stacks import Gathered

_LINE = re.compile(rb"^(?!\s)(\S[^\r\n]*?)[ \t]+(-?\d+)[ \t\r]*$", re.MULTILINE)
_PLACE = re.compile(r"^(.+?) \(?([^() ]+\.\w{1,4}):(\d+)\)?$")


def recognises(plain: bytes) -> bool:
    """Whether nearly all of the first lines are stacks with a count, and at least one has a caller."""
    lines = [line for line in plain[: 1 << 16].split(b"\n")[:200] if line.strip() and not line.startswith(b"#")]
    if len(plain) > 1 << 16:
        lines = lines[:-1]
    hits = [line for line in lines if _LINE.match(line)]
    return bool(hits) and 10 * len(hits) >= 9 * len(lines) and any(b";" in line for line in hits)


def decode(plain: bytes, source: str) -> Profile:
    """Stacks with their counts as samples."""
    gathered = Gathered()
    for hit in _LINE.finditer(plain):
        names = hit[1].decode("utf-8", "replace").split(";")
        count = int(hit[2])
        if abs(count) < 1 << 62:
            gathered.add([_frame(name) for name in reversed(names)], (), [count])
    if not gathered.stacks:
        raise SourceError(f"{source}: no stacks in it; write one `root;leaf count` a line")
    types = (SampleType("samples", "count"),)
    return gathered.profile(ProfileKind.CPU, types, producer=producer_of(tuple(gathered.frames)), source=source)


def _frame(name: str) -> Frame:
    place = _PLACE.match(name)
    return Frame(place[1], place[2], int(place[3])) if place else Frame(name)
