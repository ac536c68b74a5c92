"""Hostile text stays text in every format."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from diagnose.report import boxes, fields, html, markdown, postmortem, terminal
from diagnose.report.model import View
from diagnose.report.view import view
from tests.report import scenes

HARMLESS_HTML = {"details", "/details", "summary", "/summary"}


@pytest.fixture(scope="module")
def hostile() -> View:
    diagnosis, evidence, measures = scenes.hostile()
    return view(diagnosis=diagnosis, evidence=evidence, measures=measures)


class Page(HTMLParser):
    """What a browser would build of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def page_of_the_postmortem(hostile: View) -> str:
    return postmortem.render(hostile, template=postmortem.PAGE)


PAGES = pytest.mark.parametrize("render", [html.render, page_of_the_postmortem])


@PAGES
def test_html_holds_no_element_of_the_attacker(hostile: View, render) -> None:
    page = parsed(render(hostile))
    assert page.tags.count("script") == 2
    assert not {"img", "iframe", "object", "embed", "form", "base", "link"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "style", "srcdoc")]
    assert all(value.startswith("#") for name, value in page.attributes if name in ("href", "xlink:href"))
    assert "<script>alert(1)</script>" in "".join(page.words)


@PAGES
def test_html_ids_are_ours_and_unique(hostile: View, render) -> None:
    ids = [value for name, value in parsed(render(hostile)).attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+[a-z0-9-]*", found) for found in ids)


@PAGES
def test_the_policy_allows_only_the_pages_own_style_and_script(hostile: View, render) -> None:
    page = render(hostile)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    rules = policy[1].replace("&#39;", "'")
    assert rules.startswith("default-src 'none'")
    assert "unsafe" not in rules
    assert "http" not in rules


def tokens(text: str) -> list[Token]:
    top = MarkdownIt("commonmark").enable("table").parse(text)
    return [inner for token in top for inner in (token, *(token.children or ()))]


@pytest.mark.parametrize("render", [markdown.render, postmortem.render])
def test_markdown_holds_no_link_image_heading_or_html_of_the_attacker(hostile: View, render) -> None:
    text = render(hostile)
    found = tokens(text)
    assert not [token for token in found if token.type in ("link_open", "image", "s_open")]
    slanted = [token.content for before, token in pairwise(found) if before.type == "em_open"]
    assert all(words.startswith("To fill in: ") for words in slanted)
    for token in found:
        if token.type in ("html_block", "html_inline"):
            names = set(re.findall(r"<(/?[a-zA-Z]+)", token.content))
            assert names <= HARMLESS_HTML, token.content
    headings = [token.content for before, token in pairwise(found) if before.type == "heading_open"]
    assert "head" not in headings
    assert not re.search(r"@(?=everyone)", "\n".join(token.content for token in found if token.type == "text"))


@pytest.mark.parametrize("render", [markdown.render, postmortem.render])
def test_markdown_tables_keep_their_columns(hostile: View, render) -> None:
    width = cells = 0
    for token in tokens(render(hostile)):
        if token.type == "table_open":
            width = 0
        elif token.type == "tr_open":
            cells = 0
        elif token.type in ("th_open", "td_open"):
            cells += 1
        elif token.type == "tr_close":
            width = width or cells
            assert cells == width
    assert width


def test_markdown_table_rows_are_one_line_each(hostile: View) -> None:
    rows = [line for line in outside_fences(markdown.render(hostile)) if line.startswith("|")]
    for row in rows:
        plain = re.sub(r"(`+)(?:(?!\1).)*?\1(?!`)|\\.", "", row)
        assert plain.endswith("|"), row


def outside_fences(text: str) -> list[str]:
    fence, kept = "", []
    for line in text.splitlines():
        mark = re.match(r"\s*(`{3,})", line)
        if fence and mark and mark[1].startswith(fence) and not line.strip("` "):
            fence = ""
        elif not fence and mark:
            fence = mark[1]
        elif not fence:
            kept.append(line)
    return kept


def test_mermaid_lines_have_the_shape_we_wrote(hostile: View) -> None:
    drawing = re.search(r"```mermaid\n(.*?)\n```", markdown.render(hostile), re.DOTALL)
    assert drawing
    label = r'"(?:[\w .,\-+/()_\'…–×=?!]|#\d+;)*"'
    shapes = (
        "flowchart TD",
        rf"  s\d+\[{label}\]",
        rf"  s\d+ -\. [a-z, ]+ \.-> r\d+_\d+\({label}\)",
        r"  s\d+ == (yes|no|not known) ==> (s\d+|verdict)",
        rf"  verdict\(\[{label}\]\)",
    )
    for line in drawing[1].splitlines():
        assert any(re.fullmatch(shape, line) for shape in shapes), line


@pytest.mark.parametrize("colour", [True, False])
def test_a_terminal_gets_no_control_codes_but_ours(hostile: View, *, colour: bool) -> None:
    told = terminal.render(hostile, colour=colour, width=80)
    rest = re.sub(r"\x1b\[[0-9;]*m", "", told) if colour else told
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", rest)
    assert "[31m" not in rest


def test_a_mark_in_log_text_is_no_field_of_the_postmortem(hostile: View) -> None:
    assert fields.written(postmortem.render(hostile)) == {}
    assert boxes.written(page_of_the_postmortem(hostile)) == {}
