"""The last step of every run: bundle, diagnosis, reports in a folder, the verdict on the terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from diagnose.cli.outbox import write
from diagnose.cli.rerun import noted
from diagnose.investigate import dated, diagnose, reopen
from diagnose.playbook.model import Library
from diagnose.playbook.walk import Ask
from diagnose.signals.window import Window


def deliver(
    saved: dict[str, bytes],
    *,
    library: Library,
    ask: Ask | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Diagnose what a bundle holds, so that a replay of it sees exactly the same, and write reports and bundle."""
    from diagnose.report import html, json, markdown, terminal
    from diagnose.report.view import view

    evidence = reopen(saved)
    diagnosis, case = diagnose(evidence, library, ask=ask)
    saved |= noted(library, diagnosis)
    seen = view(diagnosis=diagnosis, evidence=dated(case), measures=case.measures)
    folder = out or _folder(evidence.window, evidence.service)
    told = json.render(seen)
    pages = {"report.json": told, "report.md": markdown.render(seen), "report.html": html.render(seen)}
    write(
        folder,
        {name: text.encode() for name, text in pages.items()}
        | {f"bundle/{name}": data for name, data in saved.items()},
    )
    if as_json:
        sys.stdout.write(told)
    else:
        colour = coloured(sys.stdout, os.environ)
        sys.stdout.write(terminal.render(seen, colour=colour, width=shutil.get_terminal_size((100, 24)).columns))
        sys.stdout.write(f"\nreport: {folder / 'report.html'}\n")


def coloured(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether to colour what goes there: a terminal that can, and nobody set NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def _folder(window: Window, service: str) -> Path:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", service).strip("-.") or "incident"
    return Path("incidents") / f"{datetime.fromtimestamp(window.end, UTC):%Y%m%dT%H%M%SZ}-{name}"
