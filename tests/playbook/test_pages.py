"""A page of documentation for each playbook: fresh, whole, and without dead links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from diagnose.cli.playbook import app
from diagnose.playbook import load, pages
from diagnose.playbook.model import Library

LINK = re.compile(r"\]\(([\w-]+\.md)?(?:#([^)]*))?\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@pytest.fixture(scope="session")
def shipped(root: Path) -> dict[str, Library]:
    shelf = root / "playbooks"
    return {name: load.load(name, shelf=shelf) for name in load.on_shelf(shelf)}


def test_the_published_pages_are_those_of_the_playbooks(root: Path, shipped: dict[str, Library]) -> None:
    published = {path.name: path.read_text(encoding="utf-8") for path in (root / "docs" / "playbooks").glob("*.md")}
    made = {f"{name}.md": pages.page(library) for name, library in shipped.items()}
    made["README.md"] = pages.index(list(shipped.values()))
    assert published == made, "diagnose playbook docs"


def test_a_page_tells_all_that_the_playbook_says(shipped: dict[str, Library]) -> None:
    for name, library in shipped.items():
        text, book = pages.page(library), library.playbooks[name]
        told = [node.ask for node in book.nodes.values()] + [leaf.remedy for leaf in book.leaves.values()]
        told += [action.command or "" for leaf in book.leaves.values() for action in leaf.actions]
        assert [one for one in told if one not in text] == []
        assert len(re.findall(r"^  n\d+\W.* -->|^  n\d+ -->", text, re.MULTILINE)) >= len(book.nodes)


def test_every_link_leads_somewhere(root: Path) -> None:
    folder = root / "docs" / "playbooks"
    for path in sorted(folder.glob("*.md")):
        links = LINK.findall(path.read_text(encoding="utf-8"))
        assert [link for link in links if not _leads(folder / (link[0] or path.name), link[1])] == []


def _leads(path: Path, anchor: str) -> bool:
    if not path.is_file():
        return False
    return not anchor or anchor in {_anchor(title) for title in HEADING.findall(path.read_text(encoding="utf-8"))}


def _anchor(title: str) -> str:
    """As the viewers of repositories make it: lower case, no punctuation, hyphens for blanks."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_pages_are_written_for_an_authors_folder(shelf: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    result = CliRunner().invoke(app, ["docs", str(shelf), "--out", str(out)])
    assert result.exit_code == 0
    front = (out / "front.md").read_text(encoding="utf-8")
    assert "asks `latency.rose(by=0.5, for_at_least=300)` and not `cpu.jumped`." in front
    assert "asks a person. A version is not in the metrics. To find out: `kubectl rollout history`." in front
    assert "- yes: hands over to [back](back.md): Is the pool used up?" in front
    assert "To be certain:\n\n- versions are not exported: `kubectl rollout history`" in front
    assert sorted(path.name for path in out.iterdir()) == ["README.md", "back.md", "front.md"]
