"""Drawings hold every edge, show the way that was taken, and survive any text."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.checks.finding import Answer, Finding
from diagnose.playbook import draw, load
from diagnose.playbook.layout import layout
from diagnose.playbook.model import Library
from diagnose.playbook.svg import svg
from diagnose.playbook.walk import Walk, walk

TREE = """\
The front door

○ present  Is there anything?
├─ no, unknown => inconclusive
│ yes
○ slow  Is it slow and not busy?
├─ yes -> back (The back room)
│ no, unknown
○ deployed  Was it deployed by hand?
├─ yes => bad-deploy
├─ no => inconclusive
└─ unknown -> back/pool (The back room)
"""
WALKED = """\
The front door

◉ present  Is there anything?: 3 > 2
├─ no, unknown => inconclusive
│ [yes]
◉ slow  Is it slow and not busy?: 80 % "more" <b>; 0.2 cores
├─ no, unknown
│  ○ deployed  Was it deployed by hand?
│  ├─ yes => bad-deploy
│  ├─ no => inconclusive
│  └─ unknown back/pool (see there)
│ [yes]
◉ back/pool  Is the pool used up?: 9 wait
├─ [yes] => queue-stuck
└─ no, unknown => inconclusive
"""


BROKEN = """\
playbook: broken
title: Broken
start: one
nodes:
  one: {ask: One?, check: a.b, yes: two, no: nowhere, unknown: => nobody}
  two: {ask: Two?, check: a.b, yes: one, no: one, unknown: one}
"""


def taken(front: Library) -> Walk:
    answers = {
        "evidence.present(min_signals=2)": Finding(Answer.YES, 1.0, "3 > 2"),
        "latency.rose(by=0.5, for_at_least=300)": Finding(Answer.YES, 1.0, '80 % "more" <b>'),
        "cpu.jumped": Finding(Answer.NO, 1.0, "0.2 cores"),
        "pool.full": Finding(Answer.YES, 1.0, "9 wait"),
    }
    return walk(front, answers)


def test_the_tree_for_a_terminal(front: Library) -> None:
    assert draw.text(front) == TREE


def test_the_tree_with_a_walk_in_it(front: Library) -> None:
    assert draw.text(front, taken(front).steps) == WALKED


@pytest.mark.parametrize("whole", [False, True])
def test_mermaid_has_every_edge(front: Library, whole: bool) -> None:
    drawn = draw.mermaid(front, whole=whole)
    answers = [answer for label in re.findall(r"\|\"([^|]+)\"\|", drawn) for answer in label.split(", ")]
    assert len(answers) == (12 if whole else 9)
    boxes = set(re.findall(r"^  (n\d+)[^ ]", drawn, re.MULTILINE))
    assert boxes == set(re.findall(r"\bn\d+\b", drawn))


def test_mermaid_codes_what_would_end_a_label(front: Library) -> None:
    drawn = draw.mermaid(front, taken(front).steps)
    assert "80 % #34;more#34; #60;b#62;" in drawn
    assert '==>|"[yes]"|' in drawn


def test_dot_quotes_and_marks_the_way(front: Library) -> None:
    drawn = draw.dot(front, taken(front).steps)
    assert '"front/slow" -> "back/pool" [label="[yes]", style=bold, penwidth=2];' in drawn
    assert '80 % \\"more\\" <b>' in drawn
    assert drawn.count("->") - drawn.count('"front/deployed->') >= 8


@pytest.mark.parametrize("whole", [False, True])
def test_svg_is_xml_with_every_box_and_label(front: Library, whole: bool) -> None:
    root = ElementTree.fromstring(svg(front, taken(front).steps, whole=whole))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Is there anything?" in texts
    assert "queue-stuck" in texts
    assert texts.count("no, unknown") == 3
    assert len(root.findall(".//*[@class='pb-taken']")) == 3


def test_a_broken_playbook_can_still_be_drawn(write) -> None:
    shelf: Path = write(broken=BROKEN)
    library = load.load("broken", shelf=shelf)
    assert "?? nowhere" in draw.text(library)
    assert "one (see there)" in draw.text(library)
    ElementTree.fromstring(svg(library))


@st.composite
def graphs(drawing: st.DrawFn) -> tuple[dict[str, float], list[tuple[str, str]]]:
    count = drawing(st.integers(1, 14))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1])
    arrows = drawing(st.lists(pairs, max_size=25, unique=True)) if count > 1 else []
    widths = {str(index): drawing(st.floats(10, 300)) for index in range(count)}
    return widths, [(str(source), str(target)) for source, target in arrows]


@given(graphs())
@settings(max_examples=150, deadline=None)
def test_boxes_never_overlap_and_arrows_go_down(graph: tuple[dict[str, float], list[tuple[str, str]]]) -> None:
    widths, arrows = graph
    plan = layout(widths, arrows, gap=20)
    for source, target in arrows:
        assert plan.layer[source] < plan.layer[target]
        assert [at for _, at in plan.bends[source, target]] == list(range(plan.layer[source] + 1, plan.layer[target]))
    for row in set(plan.layer.values()):
        inside = sorted((plan.centre[name], widths[name]) for name in widths if plan.layer[name] == row)
        for (left, wide), (right, other) in pairwise(inside):
            assert right - left >= (wide + other) / 2 + 19
    assert all(plan.centre[name] - width / 2 >= -1e-6 for name, width in widths.items())
    assert all(plan.centre[name] + width / 2 <= plan.width + 1e-6 for name, width in widths.items())
