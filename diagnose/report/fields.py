"""The fields of a postmortem that only people can fill, and what they wrote into an earlier one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from html import escape
from html.parser import HTMLParser

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_OPEN = re.compile(rf"<!-- fill in: ({_NAME.pattern}) ([0-9a-f]{{8}}) -->\s*")
_CLOSE = re.compile(r"<!-- end -->\s*")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_BREAKS = {"br", "div", "p", "li"}


def field(name: str, proposal: str, written: Mapping[str, str]) -> str:
    """A marked field: what people wrote before, else the proposal; the mark tells later whether anyone changed it.

    Raises ValueError when the name has more than a-z, 0-9 and hyphens.
    """
    proposal = proposal.strip()
    return f"<!-- fill in: {_sound(name)} {mark(proposal)} -->\n{written.get(name) or proposal}\n<!-- end -->"


def box(name: str, question: str, written: Mapping[str, str]) -> str:
    """The same on a page: an element to write in, empty until somebody does."""
    asked, text = escape(question), escape(written.get(name, ""))
    return (
        f'<div class="field" data-field="{_sound(name)}" data-ask="{asked}" contenteditable="plaintext-only" '
        f'role="textbox" aria-multiline="true" aria-label="{asked}" tabindex="0">{text}</div>'
    )


def _sound(name: str) -> str:
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


def written_on_page(document: str) -> dict[str, str]:
    """The same for a page: the text of every element to write in that holds any."""
    page = _Page()
    page.feed(document)
    page.close()
    return {name: text for name, parts in page.found.items() if (text := "".join(parts).strip())}


class _Page(HTMLParser):
    """Collects the text inside elements with data-field, whatever an editor made of its line breaks."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._parts: list[str] | None = None
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("data-field")
        if self._parts is not None:
            if tag in _BREAKS:
                self._parts.append("\n")
            self._inside += tag == "div"
        elif name:
            self._parts = self.found.setdefault(name, [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._parts is not None:
            self._inside -= 1
            if self._inside < 0:
                self._parts, self._inside = None, 0

    def handle_data(self, data: str) -> None:
        if self._parts is not None:
            self._parts.append(data)


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
