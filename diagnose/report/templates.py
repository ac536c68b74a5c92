"""The Jinja2 environment of the reports: HTML is escaped by itself, Markdown and Mermaid by filters of our own."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.report import markup, shelf

if TYPE_CHECKING:
    import jinja2


def environment(folder: Path | None = None) -> jinja2.Environment:
    """An environment over `reports/`, or over a folder of someone's own templates before it."""
    import jinja2

    places = ([folder] if folder else []) + [shelf.folder("reports")]
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(places),
        autoescape=jinja2.select_autoescape(["html.j2", "html", "svg.j2"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {
        "text": markup.text,
        "cell": markup.text,
        "code": markup.code,
        "cellcode": partial(markup.code, cell=True),
        "fence": markup.fence,
        "mermaid": markup.mermaid,
        "sparkline": markup.sparkline,
    }
    return found
