"""Nothing that comes from outside leaves the view with control codes, hidden characters or without end."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from diagnose.report import html, markdown, postmortem
from diagnose.report.text import BLOCK
from diagnose.report.view import view
from tests.report import scenes

HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def texts(value: Any, place: str = "view") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name), f"{place}.{field.name}")
    elif isinstance(value, tuple | list):
        for one in value:
            yield from texts(one, place)
    elif isinstance(value, Mapping):
        yield from texts((*value, *value.values()), place)


def harmful(text: str) -> set[str]:
    return {f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in HARMFUL and c != "\n"}


def test_no_text_of_the_view_can_harm_a_reader() -> None:
    diagnosis, evidence, measures = scenes.hostile()
    shown = view(diagnosis=diagnosis, evidence=evidence, measures=measures)
    found = {place: harmful(text) for place, text in texts(shown) if harmful(text)}
    assert not found


def test_every_part_of_the_hostile_view_is_there() -> None:
    diagnosis, evidence, measures = scenes.hostile()
    shown = view(diagnosis=diagnosis, evidence=evidence, measures=measures)
    assert any(row.chart for row in shown.timeline.rows)
    assert shown.patterns
    assert shown.flame
    assert shown.groups
    assert shown.evidence[1].hot


def test_ten_megabytes_in_a_field_are_cut_and_said() -> None:
    diagnosis, evidence, measures = scenes.hostile("<b>&|`" * 1_700_000)
    shown = view(diagnosis=diagnosis, evidence=evidence, measures=measures)
    assert shown.verdict.summary.endswith("…")
    assert max(len(text) for _, text in texts(shown)) <= BLOCK
    assert max(len(render(shown).encode()) for render in (html.render, markdown.render, postmortem.render)) < 1_500_000
