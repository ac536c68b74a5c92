"""The fields of a postmortem in Markdown that only people can fill, and what they wrote into an earlier one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_OPEN = re.compile(rf"<!-- fill in: ({_NAME.pattern}) ([0-9a-f]{{8}}) -->\s*")
_CLOSE = re.compile(r"<!-- end -->\s*")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")


def field(name: str, proposal: str, written: Mapping[str, str]) -> str:
    """A marked field: what people wrote before, else the proposal; the mark tells later whether anyone changed it.

    Raises ValueError when the name has more than a-z, 0-9 and hyphens.
    """
    proposal = proposal.strip()
    return f"<!-- fill in: {sound(name)} {mark(proposal)} -->\n{written.get(name) or proposal}\n<!-- end -->"


def sound(name: str) -> str:
    """The name of a field as it is; ValueError when it has more than a-z, 0-9 and hyphens."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"the field {name[:40]!r} needs a name of a-z, 0-9 and hyphens")
    return name


def mark(text: str) -> str:
    """Eight letters that stand for a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


def written(document: str) -> dict[str, str]:
    """What people wrote into the marked fields; fields that nobody touched are left out.

    Marks inside fenced code count for nothing: log text may look like one.
    """
    found: dict[str, str] = {}
    for name, printed, text in _blocks(document):
        if text and mark(text) != printed:
            found.setdefault(name, text)
    return found


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
    found = _FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return found[1]
    return "" if found[1].startswith(fence) else fence
