"""Which file was mapped where: the last section of legacy profiles, in the form of /proc/PID/maps or shorter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

SENTINELS = ("--- Memory map: ---", "MAPPED_LIBRARIES:")
_RANGE = r"^\s*(?:0x)?(?P<start>[0-9a-fA-F]{1,16})[\s-]?\s*(?:0x)?(?P<limit>[0-9a-fA-F]{1,16}):?"
_FULL = re.compile(
    _RANGE + r"(?:\s+(?P<perm>[-rwxp]+))?(?:\s+(?P<offset>[0-9a-fA-F]{1,16}))?"
    r"\s+[0-9a-fA-F]{1,8}:[0-9a-fA-F]{1,8}\s+[0-9]{1,20}(?:\s+(?P<file>\S+))?"
)
_BRIEF = re.compile(
    _RANGE + r"(?:\s+(?P<perm>[-rwxp]+))?(?:\s+(?P<file>\S+))?(?:\s+\(@(?P<offset>[0-9a-fA-F]{1,16})\))?"
)
_LOGGED = re.compile(r"^[^\[\]]+:[0-9]+\]\s")
_USUAL_START = 0x400000
_LONGEST, _MOST_NAMES = 4096, 64


@dataclass(frozen=True, slots=True)
class Region:
    """Addresses from `start` up to `limit` that come from a file."""

    start: int
    limit: int
    offset: int
    file: str


def regions(lines: Iterable[str]) -> list[Region]:
    """Executable regions of a memory map; neighbours of one file are joined, and lines that are none are passed by."""
    known: dict[str, str] = {}
    found: list[Region] = []
    for raw in lines:
        line = _filled(_LOGGED.sub("", raw[:_LONGEST]), known)
        hit = _FULL.match(line) or _BRIEF.match(line)
        if hit is None:
            name, sign, value = line.partition("=")
            if sign and name.strip() and len(known) < _MOST_NAMES:
                known["$" + name.strip()] = value.strip()
        elif not hit["perm"] or "x" in hit["perm"]:
            region = Region(
                int(hit["start"], 16), int(hit["limit"], 16), int(hit["offset"] or "0", 16), hit["file"] or ""
            )
            _join(found, region)
    return _corrected(found)


def _filled(line: str, known: dict[str, str]) -> str:
    """The line with `$name` replaced; bounded, as values may hold names again."""
    for name, value in known.items() if "$" in line else ():
        line = line.replace(name, value)[:_LONGEST]
    return line


def _join(found: list[Region], region: Region) -> None:
    last = found[-1] if found else None
    if last is not None and _adjacent(last, region):
        found[-1] = replace(last, limit=region.limit, file=region.file or last.file)
    else:
        found.append(region)


def _adjacent(last: Region, region: Region) -> bool:
    if last.file and region.file and last.file != region.file:
        return False
    shifted = last.offset and region.offset and last.offset + last.limit - last.start != region.offset
    return last.limit == region.start and not shifted


def _corrected(found: list[Region]) -> list[Region]:
    """Undo what remapping of the main binary does to its first region."""
    if len(found) > 1 and found[0].file.startswith("/anon_hugepage") and found[0].limit == found[1].start:
        found = found[1:]
    if found and found[0].start - found[0].offset == _USUAL_START:
        found[0] = replace(found[0], start=_USUAL_START, offset=0)
    return found


def owner(found: Sequence[Region], address: int) -> Region | None:
    """The region that an address lies in; regions whose first part a legacy handler left out reach down to it."""
    if not address:
        return None
    for region in found:
        if region.start <= address < region.limit:
            return region
    for region in found:
        if region.offset and region.start - region.offset <= address < region.start:
            return region
    return None
