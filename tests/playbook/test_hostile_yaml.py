"""Files that try to break the reader end in one line that says where."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.errors import SpecError
from diagnose.playbook import load, read
from diagnose.playbook.marks import MAX_CHARACTERS, MAX_EVENTS, parse

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "bad.yaml:1:1: the file is empty"),
        ("a: [", "bad.yaml:2:1: not YAML"),
        ("a: b: c", "bad.yaml:1:5: not YAML"),
        ("a: 1\n---\nb: 2\n", "bad.yaml:3:1: a second document"),
        (BOMB, "bad.yaml:1:4: anchors (&) and tags (!) cannot be used"),
        ("a: *b\n", "bad.yaml:1:4: an alias (*b) cannot be used"),
        ("a: !!python/object/apply:os.system [x]\n", "bad.yaml:1:4: anchors (&) and tags (!) cannot be used"),
        ("? [a, b]\n: c\n", "bad.yaml:1:3: a key must be a plain word"),
        ("[" * 200 + "]" * 200, "bad.yaml:1:41: nested deeper than 40 levels"),
        ("- " * 5000 + "x", "nested deeper than 40 levels"),
        ("[" + "x," * (MAX_EVENTS + 1) + "]", f"more than {MAX_EVENTS} entries"),
        ("x" * (MAX_CHARACTERS + 1), f"larger than {MAX_CHARACTERS} characters"),
        ("a: \x00", "not YAML"),
        ("\t- a", "not YAML"),
    ],
)
def test_bad_yaml_is_refused_with_a_line(text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text, file="bad.yaml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["- a list", "just words", "{}", "nodes: {a: }", "leaves: [x]", "playbook: [x]"])
def test_yaml_that_is_no_playbook_is_refused(text: str) -> None:
    assert read.playbook(text, file="bad.yaml")[1]


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00playbook: \x80\x81")
    with pytest.raises(SpecError, match=r"bad\.yaml"):
        load.load(str(tmp_path / "bad.yaml"), shelf=tmp_path)


@given(st.text(alphabet="abc:-[]{}#&*!|>'\"%@`?, \n\t01", max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_playbook_or_problems(text: str) -> None:
    book, problems = read.playbook(text, file="any.yaml")
    assert problems or book
