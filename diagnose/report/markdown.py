"""`report.md`: the report for a ticket or a chat; GitHub and Slack show it."""

from __future__ import annotations

from diagnose.report.model import View
from diagnose.report.templates import fill


def render(view: View) -> str:
    """The report as Markdown with a Mermaid drawing of the path."""
    return fill("report.md.j2", view=view)
