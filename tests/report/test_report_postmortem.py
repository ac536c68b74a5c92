"""A postmortem keeps what people wrote and asks for what only they know."""

from __future__ import annotations

import html
import re

import pytest

from diagnose.report import boxes, fields, postmortem
from diagnose.report.view import view
from tests.report import scenes

SECTIONS = (
    "Summary", "Impact", "Root cause and trigger", "Time line", "Detection", "Resolution", "What went well",
    "What went wrong", "Where luck helped", "Action items", "Supporting evidence",
)  # fmt: skip


def document(
    previous: str = "", scene: scenes.Scene | None = None, template: str = postmortem.MARKDOWN, beside: str = ""
) -> str:
    diagnosis, evidence, measures = scene or scenes.leak()
    shown = view(diagnosis=diagnosis, evidence=evidence, measures=measures)
    return postmortem.render(shown, previous=previous, beside=beside, template=template)


def test_it_has_the_sections_of_the_book() -> None:
    found = [line[3:] for line in document().splitlines() if line.startswith("## ")]
    assert tuple(found) == SECTIONS
    assert document(scene=scenes.bare()).count("\n## ") == len(SECTIONS)


def test_what_people_wrote_survives() -> None:
    # GIVEN a postmortem that people have filled in
    first = document()
    edited = first.replace("_To fill in: what helped_", "The dump was taken **before** the restart.\n\nTwice.")
    edited = edited.replace("| mitigate | | |", "| mitigate | ada | OPS-1 |")
    # WHEN it is written again
    again = document(edited)
    # THEN their words are there, and the open fields still ask
    assert "The dump was taken **before** the restart.\n\nTwice." in again
    assert "| mitigate | ada | OPS-1 |" in again
    assert "_To fill in: what ended it and when_" in again
    assert document(again) == again


def test_what_nobody_touched_is_written_anew() -> None:
    assert fields.written(document()) == {}
    assert document(document(scene=scenes.bare())) == document()


def test_the_page_has_the_same_sections() -> None:
    for scene in (scenes.leak(), scenes.bare()):
        found = re.findall(r"<h2[^>]*>([^<]+)</h2>", document(scene=scene, template=postmortem.PAGE))
        assert [name for name in found if name in SECTIONS] == [
            name for name in SECTIONS[:-1] if name != "Time line" or scene[1].logs
        ]


@pytest.mark.parametrize("typed", ['It was late.\n<b>Twice</b> & "again"', "It was late.<div>Twice</div>"])
def test_what_people_wrote_on_the_page_survives(typed: str) -> None:
    page = document(template=postmortem.PAGE)
    field = re.search(r'<div class="field" data-field="luck"[^>]*>', page)
    assert field
    kept = typed if "<div>" in typed else html.escape(typed)
    edited = page.replace(field[0], field[0] + kept)
    # WHEN the page is written again, and again from that
    again = document(edited, template=postmortem.PAGE)
    # THEN the words are there once, as text
    words = boxes.written(again)
    assert words == {"luck": boxes.Words(typed.replace("<div>", "\n").replace("</div>", ""))}
    assert document(again, template=postmortem.PAGE) == again
    assert boxes.written(page) == {}


def edited(text: str, field: str = "what helped") -> str:
    return document().replace(f"_To fill in: {field}_", text)


def type_into(page: str, name: str, text: str) -> str:
    """The page as a browser saves it when somebody has replaced what a field holds."""
    return re.sub(rf'(data-field="{name}"[^>]*>).*?</div>', lambda found: found[1] + text + "</div>", page, flags=re.S)


def test_what_people_wrote_in_markdown_stands_on_the_page() -> None:
    # GIVEN a Markdown postmortem that people have filled in
    markdown = edited("The dump was taken **before** the restart.\n\n- by ada\n- [ticket](https://example.org/1)")
    # WHEN the page is written, and again from that
    page = document(template=postmortem.PAGE, beside=markdown)
    # THEN it shows their words as they were meant
    assert "taken <strong>before</strong> the restart" in page
    assert '<li><a href="https://example.org/1">ticket</a></li>' in page
    assert document(page, template=postmortem.PAGE, beside=markdown) == page
    assert document(page, template=postmortem.PAGE) == page, "kept when the Markdown is gone"
    # AND follows when they change them, or take them back
    assert "only <em>after</em>" in document(page, template=postmortem.PAGE, beside=edited("only *after*"))
    assert document(page, template=postmortem.PAGE, beside=document()) == document(template=postmortem.PAGE)


def test_words_typed_on_the_page_and_in_markdown_are_both_kept() -> None:
    markdown = edited("It was **noon**.")
    typed = type_into(document(template=postmortem.PAGE, beside=markdown), "well", "It was one.")
    # WHEN only the page was changed since THEN it keeps that
    again = document(typed, template=postmortem.PAGE, beside=markdown)
    assert boxes.written(again)["well"].text == "It was one."
    # WHEN both were changed THEN both stand there, and are not doubled
    both = document(again, template=postmortem.PAGE, beside=edited("It was two."))
    assert boxes.written(both)["well"].text == "It was one.\n\nIt was two."
    assert document(both, template=postmortem.PAGE, beside=edited("It was two.")) == both
    # WHEN it is emptied on the page THEN it stays empty
    emptied = document(type_into(both, "well", ""), template=postmortem.PAGE, beside=edited("It was two."))
    assert boxes.written(emptied)["well"].text == ""


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script> <img src=x onerror=alert(1)> </div><b>",
        "[x](javascript:alert(1)) ![x](https://example.org/x.png) [y](data:text/html,<script>)",
        '</div><div data-field="luck">forged</div> " onfocus="alert(1)',
        "| a |\n|:-:|\n| <style>*{}</style> |",
    ],
)
def test_markdown_on_the_page_runs_and_loads_nothing(hostile: str) -> None:
    page = document(template=postmortem.PAGE, beside=edited(hostile))
    field = re.search(r'<div class="field rich" data-field="well".*?</div>', page, flags=re.S)
    assert field
    shown = re.sub(r' data-markdown="[^"]*"', "", field[0])
    tags = set(re.findall(r"<([a-z0-9]+)", shown))
    assert tags <= {"div", "p", "a", "table", "thead", "tbody", "tr", "th", "td"}
    assert not re.search(r'href="(javascript|data):|<[^>]* (style|onfocus|onerror|src)=', shown)
    assert "forged" not in boxes.written(page).get("luck", boxes.Words("")).text


def test_an_edited_table_of_action_items_takes_the_place_of_the_one_on_the_page() -> None:
    markdown = document().replace("| mitigate | | |", "| mitigate | ada | OPS-1 |")
    page = document(template=postmortem.PAGE, beside=markdown)
    assert "<td>ada</td>" in page
    assert '<table class="items">' not in page
    owner = re.search(r'data-field="(owner-\w+)"', document(template=postmortem.PAGE))
    assert owner
    typed = type_into(document(template=postmortem.PAGE), owner[1], "bo")
    both = document(typed, template=postmortem.PAGE, beside=markdown)
    assert "<td>ada</td>" in both
    assert ">bo</div>" in both


def test_the_data_tells_of_detection_and_of_what_helped_or_hindered() -> None:
    text = document()
    assert "- Metric: first sign at 2026-11-18T11:10:41.500Z, as it began" in text
    assert "- 4 min 2 s of quiet time before the onset were recorded to compare with." in text
    assert "- A profile from before the onset was at hand to compare with." in text
    assert "Could not be looked at: Trace, no traces were given" in text


def test_action_items_come_from_the_playbook_the_evidence_and_the_gaps() -> None:
    table = document().split("## Action items")[1].split("<!-- end")[0]
    kinds = [row.split("|")[-4].strip() for row in table.splitlines() if row.startswith("| ")][1:-1]
    assert kinds == ["prevent", "mitigate", "prevent", "detect", "look faster"]
    assert "Bound every wait by a context." in table


def test_the_time_line_is_in_order_and_names_its_sources() -> None:
    table = document().split("## Time line")[1].split("<!--")[0]
    rows = [line.split("|")[1:4] for line in table.splitlines() if line.startswith("| 2026")]
    times = [row[0].strip().replace("Z", "").split(".")[0] for row in rows]
    assert times == sorted(times)
    assert any("The trouble begins" in row[1] for row in rows)
    assert all(row[2].strip() for row in rows)
