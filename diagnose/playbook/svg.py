"""Playbooks drawn as SVG: one self-contained picture, readable on light and dark ground."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from diagnose.playbook.diagnosis import Step
from diagnose.playbook.layout import Layout, layout
from diagnose.playbook.model import Library
from diagnose.playbook.picture import Arrow, Box, Picture, Shape, picture

_LETTER, _LINE, _PAD, _GAP, _RISE = 6.7, 16.0, 10.0, 22.0, 54.0
_WRAP, _NOTE_LINES = 30, 4
_STYLE = """
.pb{font:12px/1.3 ui-sans-serif,system-ui,sans-serif;
--pb-ink:#1f2933;--pb-faint:#8a97a6;--pb-paper:#fff;--pb-way:#0b6bcb}
.pb text{fill:var(--pb-ink)} .pb .pb-small{fill:var(--pb-faint);font-size:11px}
.pb rect,.pb path.pb-box{fill:var(--pb-paper);stroke:var(--pb-faint)} .pb .pb-edge{fill:none;stroke:var(--pb-faint)}
.pb .pb-label{paint-order:stroke;stroke:var(--pb-paper);stroke-width:4px;font-size:11px}
.pb .pb-taken rect{stroke:var(--pb-way);stroke-width:2.5} .pb .pb-taken .pb-edge{stroke:var(--pb-way);stroke-width:2.5}
.pb .pb-nowhere rect{stroke:#c62828;stroke-dasharray:4 3} .pb .pb-person rect{stroke-dasharray:5 3}
@media(prefers-color-scheme:dark){.pb{--pb-ink:#e6ebf0;--pb-faint:#7d8b99;--pb-paper:#182028;--pb-way:#5aa9f5}}
""".strip()


@dataclass(frozen=True, slots=True)
class _Card:
    """A box with its text broken into lines."""

    box: Box
    lines: tuple[tuple[str, str], ...]
    width: float
    height: float


def svg(library: Library, path: Sequence[Step] = (), *, whole: bool = False) -> str:
    """The drawing; what a walk took is blue and thick, with what was found at each question."""
    drawn = picture(library, path, whole=whole)
    cards = {box.id: _card(box) for box in drawn.boxes}
    arrows = [(arrow.source, arrow.target) for arrow in drawn.arrows]
    plan = layout({name: card.width for name, card in cards.items()}, arrows, gap=_GAP)
    tops = _tops(cards, plan)
    height = max((tops[plan.layer[name]] + card.height for name, card in cards.items()), default=0.0) + _PAD
    body = [*_edges(drawn, cards, plan, tops), *_boxes(cards, plan, tops)]
    size = f'viewBox="{-_PAD:.0f} 0 {plan.width + 2 * _PAD:.0f} {height:.0f}" width="{plan.width + 2 * _PAD:.0f}"'
    title = escape(drawn.title)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="pb" role="img" aria-label="{escape(drawn.title)}" {size}>'
    return "\n".join([head, f"<title>{title}</title>", f"<style>{_STYLE}</style>", *body, "</svg>"]) + "\n"


def _card(box: Box) -> _Card:
    text = box.text if box.shape in {Shape.QUESTION, Shape.PERSON, Shape.CAUSE} else box.name
    lines = [("", line) for line in textwrap.wrap(text, _WRAP) or [box.name]]
    if box.shape is Shape.PLAYBOOK:
        lines += [("pb-small", line) for line in textwrap.wrap(box.text, _WRAP)]
    lines += [("pb-small", line) for line in _note(box)]
    width = max(len(line) for _, line in lines) * _LETTER + 2 * _PAD
    return _Card(box, tuple(lines), width, len(lines) * _LINE + _PAD)


def _note(box: Box) -> list[str]:
    lines = textwrap.wrap(box.note, _WRAP + 4)
    return lines if len(lines) <= _NOTE_LINES else [*lines[: _NOTE_LINES - 1], lines[_NOTE_LINES - 1][:-1] + "…"]


def _tops(cards: Mapping[str, _Card], plan: Layout) -> list[float]:
    """The upper edge of each layer."""
    tops = [_PAD]
    for at in range(max(plan.layer.values(), default=0)):
        tallest = max(card.height for name, card in cards.items() if plan.layer[name] == at)
        tops.append(tops[-1] + tallest + _RISE)
    return tops


def _boxes(cards: Mapping[str, _Card], plan: Layout, tops: Sequence[float]) -> Iterator[str]:
    for name, card in cards.items():
        x, y = plan.centre[name], tops[plan.layer[name]]
        round_ = card.height / 2 if card.box.shape is Shape.CAUSE else 4
        kind = f"pb-{card.box.shape}" + (" pb-taken" if card.box.taken else "")
        hover = f"<title>{escape(' '.join(part for part in (card.box.name, card.box.note) if part))}</title>"
        frame = (
            f'<rect x="{x - card.width / 2:.1f}" y="{y:.1f}" width="{card.width:.1f}" '
            f'height="{card.height:.1f}" rx="{round_:.0f}"/>'
        )
        texts = "".join(
            f'<text x="{x:.1f}" y="{y + _LINE * index:.1f}" text-anchor="middle" class="{style}">{escape(line)}</text>'
            for index, (style, line) in enumerate(card.lines, start=1)
        )
        yield f'<g class="{kind}">{hover}{frame}{texts}</g>'


def _edges(drawn: Picture, cards: Mapping[str, _Card], plan: Layout, tops: Sequence[float]) -> Iterator[str]:
    for arrow in sorted(drawn.arrows, key=lambda one: one.taken):
        yield _edge(arrow, cards, plan, tops)


def _edge(arrow: Arrow, cards: Mapping[str, _Card], plan: Layout, tops: Sequence[float]) -> str:
    source = cards[arrow.source]
    start = (plan.centre[arrow.source], tops[plan.layer[arrow.source]] + source.height)
    end = (plan.centre[arrow.target], tops[plan.layer[arrow.target]])
    bends = [(x, tops[at] + offset) for x, at in plan.bends[(arrow.source, arrow.target)] for offset in (0.0, _LINE)]
    points = [start, *bends, end]
    line = f"M{start[0]:.1f},{start[1]:.1f}" + "".join(_curve(*pair) for pair in pairwise(points))
    head = f"M{end[0] - 4:.1f},{end[1] - 7:.1f}L{end[0]:.1f},{end[1]:.1f}L{end[0] + 4:.1f},{end[1] - 7:.1f}"
    first = points[1]
    x, y = start[0] + (first[0] - start[0]) * 0.6, start[1] + (first[1] - start[1]) * 0.6
    label = f'<text class="pb-label" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(arrow.label)}</text>'
    kind = ' class="pb-taken"' if arrow.taken else ""
    return f'<g{kind}><path class="pb-edge" d="{line}{head}"/>{label}</g>'


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    middle = (start[1] + end[1]) / 2
    return f"C{start[0]:.1f},{middle:.1f} {end[0]:.1f},{middle:.1f} {end[0]:.1f},{end[1]:.1f}"
