"""A postmortem keeps what people wrote and asks for what only they know."""

from __future__ import annotations

from diagnose.report import fields, postmortem
from diagnose.report.view import view
from tests.report import scenes

SECTIONS = (
    "Summary", "Impact", "Root cause and trigger", "Time line", "Detection", "Resolution", "What went well",
    "What went wrong", "Where luck helped", "Action items", "Supporting evidence",
)  # fmt: skip


def document(previous: str = "", scene: scenes.Scene | None = None) -> str:
    diagnosis, evidence, measures = scene or scenes.leak()
    return postmortem.render(view(diagnosis=diagnosis, evidence=evidence, measures=measures), previous=previous)


def test_it_has_the_sections_of_the_book() -> None:
    found = [line[3:] for line in document().splitlines() if line.startswith("## ")]
    assert tuple(found) == SECTIONS
    assert document(scene=scenes.bare()).count("\n## ") == len(SECTIONS)


def test_what_people_wrote_survives() -> None:
    # GIVEN a postmortem that people have filled in
    first = document()
    edited = first.replace("_To fill in: what helped_", "The dump was taken **before** the restart.\n\nTwice.")
    edited = edited.replace("| next | | |", "| next | ada | OPS-1 |")
    # WHEN it is written again
    again = document(edited)
    # THEN their words are there, and the open fields still ask
    assert "The dump was taken **before** the restart.\n\nTwice." in again
    assert "| next | ada | OPS-1 |" in again
    assert "_To fill in: what ended it and when_" in again
    assert document(again) == again


def test_what_nobody_touched_is_written_anew() -> None:
    assert fields.written(document()) == {}
    assert document(document(scene=scenes.bare())) == document()


def test_the_time_line_is_in_order_and_names_its_sources() -> None:
    table = document().split("## Time line")[1].split("<!--")[0]
    rows = [line.split("|")[1:4] for line in table.splitlines() if line.startswith("| 2026")]
    times = [row[0].strip().replace("Z", "").split(".")[0] for row in rows]
    assert times == sorted(times)
    assert any("The trouble begins" in row[1] for row in rows)
    assert all(row[2].strip() for row in rows)
