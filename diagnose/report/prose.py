"""Markdown that people wrote, as HTML for a page."""

from __future__ import annotations

OUTLINE = 2
"""How many levels of headings the page itself uses: those of people stand below."""


def rendered(markdown: str) -> str:
    """HTML of CommonMark with tables; tags in it stay text, links run no script, nothing is loaded from anywhere."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    tokens = reader.parse(markdown)
    for token in tokens:
        token.attrs.pop("style", None)  # how a column is aligned; the page's policy allows no style but its own
        if token.type.startswith("heading_"):
            token.tag = f"h{min(int(token.tag[1:]) + OUTLINE, 6)}"
    html = str(reader.renderer.render(tokens, reader.options, {}))
    return html.replace(">\n<", "><").strip()  # a field shows every line break
