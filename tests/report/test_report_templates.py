"""Templates of a team: they stand in for ours, cannot forget to escape, and say where they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.errors import TemplateError
from diagnose.report import postmortem
from diagnose.report.model import View
from diagnose.report.view import view
from tests.report import scenes


@pytest.fixture(scope="module")
def hostile() -> View:
    diagnosis, evidence, measures = scenes.hostile()
    return view(diagnosis=diagnosis, evidence=evidence, measures=measures)


def filled(folder: Path, name: str, text: str, shown: View) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return postmortem.render(shown, template=name, folder=folder)


def test_a_template_of_ones_own_stands_in_for_ours(tmp_path: Path, hostile: View) -> None:
    text = '{% extends "postmortem.html.j2" %}{% block name %}Ours{% endblock %}'
    assert "<title>Ours</title>" in filled(tmp_path, "own.html.j2", text, hostile)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("own.html.j2", "<p>{{ view.verdict.summary }}</p>"),
        ("own.html", "<p title='{{ view.service }}'>{{ view.verdict.summary ~ '' }}</p>"),
        ("own.md.j2", "{{ view.verdict.summary }}"),
        (
            "own.md.j2",
            "{% macro say(it) %}{{ it }}{% endmacro %}{{ say(view.service) }} {{ view.service ~ view.tool }}",
        ),
        ("own.md.j2", "{% set said %}{{ view.service }}{% endset %}{{ said }}"),
    ],
)
def test_a_template_that_does_not_escape_is_harmless(tmp_path: Path, hostile: View, name: str, text: str) -> None:
    told = filled(tmp_path, name, text, hostile)
    assert "alert(1)" in told
    assert "<script" not in told
    assert "<img" not in told
    if name.endswith(".md.j2"):
        assert "[x](javascript" not in told
        assert "\n" not in told


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\n{% if %}", 2, "Expected an expression"),
        ("a\nb\n{{ view.nothing }}", 3, "has no attribute 'nothing'"),
        ("a\n{{ nobody }}", 2, "'nobody' is undefined"),
        ("a\n{{ view.causes | nofilter }}", 2, "No filter named 'nofilter'"),
        ("a\n\n{{ view.verdict.summary + 1 }}", 3, "concatenate str"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ("a\n{{ ask(view.service, 'who') }}", 2, "needs a name of a-z"),
        ("a\n{{ view.__class__.__mro__ }}", 2, "unsafe"),
    ],
)
def test_a_wrong_template_says_where(tmp_path: Path, hostile: View, text: str, line: int, words: str) -> None:
    with pytest.raises(TemplateError) as caught:
        filled(tmp_path, "own.md.j2", text, hostile)
    place = tmp_path / "own.md.j2"
    assert str(caught.value).startswith(f"{place}:{line}: ")
    assert words in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_template_that_includes_nothing_that_exists_says_so(tmp_path: Path, hostile: View) -> None:
    with pytest.raises(TemplateError, match=r"there is no template .*gone\.j2.* reports/"):
        filled(tmp_path, "own.md.j2", '{% include "gone.j2" %}', hostile)
