"""What README and docs say of commands, options, targets and files is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from diagnose.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def ids(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []


def spoken(page: Path) -> list[list[str]]:
    """The commands in code blocks, lines joined, without comments."""
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", page.read_text().replace("\\\n", " "), flags=re.DOTALL)
    lines = [line.split("#")[0].strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    parts = [part for line in lines for part in re.split(r"\s{3,}|&&", line)]
    return [part.split() for part in parts if part.strip().startswith("diagnose ")]


@pytest.mark.parametrize("page", [page for page in PAGES if spoken(page)], ids=ids)
def test_commands_and_their_options_exist(page: Path) -> None:
    for words in spoken(page):
        command, rest = get_command(app), words[1:]
        while rest and rest[0] in getattr(command, "commands", {}):
            command, rest = command.commands[rest[0]], rest[1:]
        assert not hasattr(command, "commands") or rest[:1] in ([], ["--help"]), words
        known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        asked = {word.split("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
        assert asked <= known | {"--help", "-h"}, words


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for page in PAGES:
        blocks = "\n".join(re.findall(r"`{1,3}(?:sh\n)?(.*?)`{1,3}", page.read_text(), flags=re.DOTALL))
        for target in re.findall(r"\bmake ([a-z-]+)", blocks):
            assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"{ids(page)}: make {target}"
