"""The fields of a postmortem's page: what people typed into an earlier one, and what they wrote in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

from diagnose.report.fields import sound
from diagnose.report.prose import rendered

_BREAKS = {"br", "div", "p", "li", "tr", "pre", "h3", "h4", "h5", "h6"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a field holds: its text, and the Markdown that it was last filled from, if any."""

    text: str
    markdown: str = ""

    @property
    def typed(self) -> bool:
        """Whether people typed it on the page, rather than it being its Markdown as it was rendered."""
        return not self.markdown or self.text != _plain(rendered(self.markdown))


def box(name: str, question: str, written: Mapping[str, Words]) -> str:
    """An element to write in, empty until somebody does.

    Raises ValueError when the name has more than a-z, 0-9 and hyphens.
    """
    asked, words = escape(question), written.get(name, Words(""))
    shown = escape(words.text) if words.typed else rendered(words.markdown)
    kept = f' data-markdown="{escape(words.markdown)}"' if words.markdown else ""
    return (
        f'<div class="field{"" if words.typed else " rich"}" data-field="{sound(name)}" data-ask="{asked}"{kept} '
        f'contenteditable="plaintext-only" role="textbox" aria-multiline="true" aria-label="{asked}" tabindex="0">'
        f"{shown}</div>"
    )


def written(page: str, markdown: Mapping[str, str] | None = None) -> dict[str, Words]:
    """What people typed into the fields of a page, beside what the fields of a Markdown document hold.

    Where both have changed the page's words come first; nothing that anybody wrote is left out.
    """
    typed = _read(page)
    names = dict.fromkeys([*typed, *(markdown or {})])
    found = {name: _joined(typed.get(name), (markdown or {}).get(name, ""), markdown is not None) for name in names}
    return {name: words for name, words in found.items() if words.text or words.markdown}


def _joined(before: Words | None, markdown: str, given: bool) -> Words:
    """One field: `before` stood on the page, `markdown` stands in the document, if one was `given`."""
    if before is None or not before.typed or not (before.text or before.markdown):
        source = markdown if given or before is None else before.markdown
        return Words(_plain(rendered(source)), source)
    if not markdown or markdown == before.markdown:
        return before
    return Words(f"{before.text}\n\n{markdown}".strip(), markdown)


def _plain(html: str) -> str:
    return _read(f'<div data-field="it">{html}</div>')["it"].text


def _read(page: str) -> dict[str, Words]:
    reader = _Page()
    reader.feed(page)
    reader.close()
    return {name: Words("".join(parts).strip(), markdown) for name, (markdown, parts) in reader.found.items()}


class _Page(HTMLParser):
    """Collects Markdown and text of elements with data-field, whatever an editor made of their line breaks."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, list[str]]] = {}
        self._parts: list[str] | None = None
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if self._parts is not None:
            if tag in _BREAKS:
                self._parts.append("\n")
            self._inside += tag == "div"
        elif name := said.get("data-field"):
            self._parts = self.found.setdefault(name, (said.get("data-markdown") or "", []))[1]

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._parts is not None:
            self._inside -= 1
            if self._inside < 0:
                self._parts, self._inside = None, 0

    def handle_data(self, data: str) -> None:
        if self._parts is not None:
            self._parts.append(data)
