"""The fields of a postmortem that only people can fill, and what they wrote into an earlier one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

_OPEN = re.compile(r"<!-- fill in: ([a-z-]{1,40}) ([0-9a-f]{8}) -->\s*")
_CLOSE = re.compile(r"<!-- end -->\s*")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")


def field(name: str, proposal: str, written: Mapping[str, str]) -> str:
    """A marked field: what people wrote before, else the proposal; the mark tells later whether anyone changed it."""
    proposal = proposal.strip()
    return f"<!-- fill in: {name} {_print(proposal)} -->\n{written.get(name) or proposal}\n<!-- end -->"


def written(document: str) -> dict[str, str]:
    """What people wrote into the marked fields; fields that nobody touched are left out.

    Marks inside fenced code count for nothing: log text may look like one.
    """
    found: dict[str, str] = {}
    for name, mark, text in _blocks(document):
        if text and _print(text) != mark:
            found.setdefault(name, text)
    return found


def _print(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


def _blocks(document: str) -> Iterator[tuple[str, str, str]]:
    """Name, mark and text of each field."""
    opened: re.Match[str] | None = None
    kept: list[str] = []
    fence = ""
    for line in document.splitlines():
        if opened is None:
            fence = _fence(fence, line)
            opened, kept = (None if fence else _OPEN.fullmatch(line)), []
        elif _CLOSE.fullmatch(line):
            yield opened[1], opened[2], "\n".join(kept).strip()
            opened = None
        else:
            kept.append(line)


def _fence(fence: str, line: str) -> str:
    """The fence that is open after this line."""
    mark = _FENCE.match(line)
    if not mark:
        return fence
    if not fence:
        return mark[1]
    return "" if mark[1].startswith(fence) else fence
