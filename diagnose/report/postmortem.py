"""A blameless postmortem in the order of the SRE book: the data's part is written, people are asked for theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from diagnose.report import boxes, fields, html, retrospect
from diagnose.report.chronicle import chronicle
from diagnose.report.model import View
from diagnose.report.page import page
from diagnose.report.templates import fill, is_page

MARKDOWN, PAGE = "postmortem.md.j2", "postmortem.html.j2"
STYLES = (*html.STYLES, "postmortem.css")
_ITEM = re.compile("(owner|ticket)-")
SCRIPTS = ("format.js", "page.js", "timeline.js", "save.js", "start.js")


def render(
    view: View, *, previous: str = "", beside: str = "", template: str = MARKDOWN, folder: Path | None = None
) -> str:
    """The postmortem; what people wrote into the fields of `previous` is kept.

    A page shows what they wrote `beside` it, in the Markdown document of the same incident, too.
    `template` is looked for in `folder`, then in reports/; its name says whether it is Markdown or HTML.
    Raises TemplateError.
    """
    told = {
        "events": chronicle(view),
        "signs": retrospect.signs(view),
        "items": retrospect.items(view),
        "helped": retrospect.helped(view),
        "hindered": retrospect.hindered(view),
        "mark": fields.mark,
    }
    if is_page(template):
        words = boxes.written(previous, fields.written(beside) if beside else None)
        shown = html.parts(view)
        shown["data"] |= {"flame": None}
        told |= {"ask": _asking(boxes.box, words), "listed": not _superseded(words)}
        return fill(template, folder=folder, page=page(STYLES, SCRIPTS), **shown, **told)
    return fill(template, folder=folder, ask=_asking(fields.field, fields.written(previous)), view=view, **told)


def _superseded(words: Mapping[str, boxes.Words]) -> bool:
    """Whether the action items were edited as a table in Markdown, and nobody typed an owner or ticket on the page."""
    return "actions" in words and bool(words["actions"].markdown) and not any(map(_ITEM.match, words))


def _asking(field: Callable[..., str], written: Mapping[str, Any]) -> Callable[[str, Any], Markup]:
    """What a template calls to ask people: the field is markup already."""
    return lambda name, proposal: Markup(field(name, proposal, written))  # noqa: S704
