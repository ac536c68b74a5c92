"""A blameless postmortem in the order of the SRE book: the data's part is written, people are asked for theirs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from diagnose.report import fields
from diagnose.report.chronicle import chronicle
from diagnose.report.model import Exhibit, View
from diagnose.report.templates import environment


def render(view: View, *, previous: str = "") -> str:
    """The postmortem as Markdown; what people wrote into the fields of `previous` is kept."""
    template = environment().get_template("postmortem.md.j2")
    ask = partial(fields.field, written=fields.written(previous))
    return template.render(view=view, events=chronicle(view), first=list(_first_signs(view)), ask=ask)


def _first_signs(view: View) -> Iterator[Exhibit]:
    """For each kind of signal the evidence that showed the trouble first."""
    seen: set[str] = set()
    for _, _, found in sorted((found.at.x, i, found) for i, found in enumerate(view.evidence) if found.at):
        if found.noun not in seen:
            seen.add(found.noun)
            yield found
