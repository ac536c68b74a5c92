"""A blameless postmortem in the order of the SRE book: the data's part is written, people are asked for theirs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import Markup

from diagnose.report import fields, html, retrospect
from diagnose.report.chronicle import chronicle
from diagnose.report.model import View
from diagnose.report.page import page
from diagnose.report.templates import fill, is_page

MARKDOWN, PAGE = "postmortem.md.j2", "postmortem.html.j2"
STYLES = (*html.STYLES, "postmortem.css")
SCRIPTS = ("format.js", "page.js", "timeline.js", "save.js", "start.js")


def render(view: View, *, previous: str = "", template: str = MARKDOWN, folder: Path | None = None) -> str:
    """The postmortem; what people wrote into the fields of `previous` is kept.

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
        ask = _asking(fields.box, fields.written_on_page(previous))
        shown = html.parts(view)
        shown["data"] |= {"flame": None}
        return fill(template, folder=folder, ask=ask, page=page(STYLES, SCRIPTS), **shown, **told)
    return fill(template, folder=folder, ask=_asking(fields.field, fields.written(previous)), view=view, **told)


def _asking(field: Callable[..., str], written: dict[str, str]) -> Callable[[str, Any], Markup]:
    """What a template calls to ask people: the field is markup already."""
    return lambda name, proposal: Markup(field(name, proposal, written))  # noqa: S704
