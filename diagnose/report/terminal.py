"""The report on a terminal: the verdict, the culprit, the strongest evidence and the next command."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from diagnose.report.model import Action, Exhibit, View

POSSIBLE = 0.1
INDENT = 6
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
        _next(view, paint, width),
    )
    return "\n".join("\n".join(part) for part in (list(found) for found in parts) if part) + "\n"


def _verdict(view: View, paint: Paint, width: int) -> Iterator[str]:
    where = f" in {view.service}" if view.service else ""
    sure = f"  {view.verdict.percent} sure" if view.verdict.status != "inconclusive" else ""
    yield paint(f"{view.verdict.title}{where}", _TONES.get(view.verdict.status, "1")) + sure
    yield from textwrap.wrap(view.verdict.summary, width)
    yield ""


def _facts(view: View, paint: Paint, width: int) -> Iterator[str]:
    facts = [*_where_and_when(view), *_doubts(view)]
    pad = max((len(name) for name, _ in facts), default=0) + 2
    for i, (name, value) in enumerate(facts):
        shown = name if i == 0 or facts[i - 1][0] != name else ""
        lines = textwrap.wrap(value, max(width - pad, 20), max_lines=3, placeholder=" …") or [""]
        yield paint(f"{shown:<{pad}}", "2") + lines[0]
        yield from (" " * pad + line for line in lines[1:])


def _where_and_when(view: View) -> Iterator[tuple[str, str]]:
    """Names of facts and what they say; a name that follows itself is shown once."""
    if view.onset:
        ago = f", {view.onset.ago}" if view.onset.ago else ""
        yield "since", f"{view.onset.moment.text} {view.onset.spread}".rstrip() + ago
    if culprit := view.verdict.culprit:
        yield from (
            (culprit.noun, part) for part in (culprit.path + culprit.short, culprit.place, culprit.note) if part
        )
    if len(view.suspects) > 1 and view.verdict.status != "healthy":
        yield "suspects", ", ".join(f"{found.entity} {found.score:.2g}" for found in view.suspects[:3])


def _doubts(view: View) -> Iterator[tuple[str, str]]:
    others = [cause for cause in view.causes if cause.cause != view.verdict.cause and cause.confidence >= POSSIBLE]
    if others:
        yield "or", ", ".join(f"{cause.title} {cause.percent}" for cause in others[:3])
    if told := view.verdict.apart:
        yield "apart", f"{told.question} Yes: {told.yes_means} ({told.why})"
    if view.excluded and view.verdict.status == "diagnosed":
        yield "not", ", ".join(found.title for found in view.excluded[:4])
    if view.verdict.status == "healthy":
        yield from (("looked at", f"{source.noun}: {source.detail}") for source in view.sources[:3])
        yield from (("load", text) for text in [view.rhythm] if text)
    if view.gaps and view.verdict.status == "inconclusive":
        yield from (("missing", gap.whys[0]) for gap in view.gaps[:3])


def _evidence(view: View, paint: Paint, width: int) -> Iterator[str]:
    if view.strongest:
        yield ""
        yield paint("Evidence", "1")
    for found in view.strongest:
        told = textwrap.wrap(_told(found), width - 4, max_lines=3, placeholder=" …")
        yield from (f"  {'•' if i == 0 else ' '} {line}" for i, line in enumerate(told))


def _told(found: Exhibit) -> str:
    """The numbers first, so that a long title cannot push them away."""
    title = f"{found.head}; {found.detail}" if found.detail else found.head
    change = f" ({found.change})" if found.change else ""
    return f"{found.numbers}{change}  {title}" if found.numbers else title


def _next(view: View, paint: Paint, width: int) -> Iterator[str]:
    """The next thing to do, and what would tell where that is open; a command is never wrapped, to be copied."""
    action = next((found for found in view.actions if found.command), next(iter(view.actions), None))
    gap = next((found for found in view.missing if found.command), None)
    steps = [action] if action else []
    if gap and (action is None or view.verdict.status == "inconclusive"):
        steps.append(Action("next", f"Get what is missing: {gap.why}", gap.command, "none", safe=True))
    for name, step in zip(("Next", "Then"), steps, strict=False):
        own = f" (put in your own {step.own})" if step.own else ""
        told = textwrap.wrap(step.what + own, width - INDENT) or [""]
        risk = [] if step.safe else textwrap.wrap(f"Risk: {step.risk}", width - INDENT)
        yield ""
        yield paint(name, "1") + "  " + told[0]
        yield from (" " * INDENT + line for line in told[1:])
        yield from (" " * INDENT + paint(line, "33") for line in risk)
        yield from ("  " + paint(line, "36") for line in (step.command or "").splitlines())
