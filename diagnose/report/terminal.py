"""The report on a terminal: the verdict, the culprit, the strongest evidence and the next command."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from diagnose.report.model import Action, Exhibit, View

_TONES = {"diagnosed": "1;31", "healthy": "1;32", "inconclusive": "1;33"}
Paint = Callable[[str, str], str]


def render(view: View, *, colour: bool, width: int) -> str:
    """A few lines that fit `width` columns (at least 40), ending with a newline; ANSI colours only when asked for."""
    paint: Paint = (lambda text, code: f"\x1b[{code}m{text}\x1b[0m") if colour else (lambda text, _: text)
    width = max(width, 40)
    parts = (
        _verdict(view, paint, width),
        _facts(view, paint, width),
        _evidence(view, paint, width),
        _next(view, paint),
    )
    return "\n".join("\n".join(part) for part in (list(found) for found in parts) if part) + "\n"


def _verdict(view: View, paint: Paint, width: int) -> Iterator[str]:
    where = f" in {view.service}" if view.service else ""
    yield paint(f"{view.verdict.title}{where}", _TONES.get(view.verdict.status, "1")) + f"  {view.verdict.percent} sure"
    yield from textwrap.wrap(view.verdict.summary, width)


def _facts(view: View, paint: Paint, width: int) -> Iterator[str]:
    facts = []
    if view.onset:
        ago = f", {view.onset.ago}" if view.onset.ago else ""
        facts.append(("since", f"{view.onset.moment.text} {view.onset.spread}".rstrip() + ago))
    if view.verdict.culprit:
        place = f"  {view.verdict.culprit.location}" if view.verdict.culprit.location else ""
        facts.append((view.verdict.culprit.noun, view.verdict.culprit.name + place))
    if view.missing and view.verdict.status == "inconclusive":
        facts.append(("missing", "; ".join(gap.why for gap in view.missing[:3])))
    pad = max((len(name) for name, _ in facts), default=0) + 2
    for name, value in facts:
        lines = textwrap.wrap(value, max(width - pad, 20)) or [""]
        yield paint(f"{name:<{pad}}", "2") + lines[0]
        yield from (" " * pad + line for line in lines[1:])


def _evidence(view: View, paint: Paint, width: int) -> Iterator[str]:
    if view.strongest:
        yield ""
        yield paint("Evidence", "1")
    for found in view.strongest:
        yield from textwrap.wrap(_told(found), width, initial_indent="  • ", subsequent_indent="    ")


def _told(found: Exhibit) -> str:
    if found.observed is None:
        return found.title
    before = f"{found.baseline_text} → " if found.baseline is not None else ""
    return f"{found.title}: {before}{found.observed_text}" + (f" ({found.change})" if found.change else "")


def _next(view: View, paint: Paint) -> Iterator[str]:
    """The next thing to do; a command is never wrapped, so that it can be copied."""
    action = next((found for found in view.actions if found.command), next(iter(view.actions), None))
    gap = next((found for found in view.missing if found.command), None)
    if action is None and gap and gap.command:
        action = Action("next", f"Get what is missing: {gap.why}", gap.command, "none", safe=True)
    if action is None:
        return
    yield ""
    yield paint("Next", "1") + f"  {action.what}" + ("" if action.safe else paint(f"  (risk: {action.risk})", "33"))
    for line in (action.command or "").splitlines():
        yield "  " + paint(line, "36")
