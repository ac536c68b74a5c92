"""`diagnose postmortem`: a blameless document from the same evidence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def postmortem(
    bundle: Annotated[
        Path,
        typer.Argument(metavar="BUNDLE_OR_REPORT_DIR", help="A bundle, or the folder that `diagnose incident` wrote."),
    ],
    playbook: Annotated[
        str,
        typer.Option("--playbook", metavar="NAME_OR_FILE", help="Another decision graph than the one of that run."),
    ] = "",
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="FILE_OR_DIR",
            help="A Jinja2 template of your own, or a folder of those that stand in for files of reports/.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write it to a file instead of stdout, as a page if its name ends in .html; "
            "what people wrote into its fields is kept, and a page takes over the Markdown of the same name.",
        ),
    ] = None,
) -> None:
    """Write a blameless postmortem document: what the data tells is filled in, what people know is marked."""
    from diagnose.cli.outbox import read_text, write
    from diagnose.cli.rerun import answers_of, playbook_of
    from diagnose.investigate import dated, diagnose, library_of, read_bundle, reopen
    from diagnose.report import postmortem as document
    from diagnose.report.view import view

    name, folder = _template(template, out)
    files = read_bundle(bundle)
    evidence, library = reopen(files), library_of(playbook or playbook_of(bundle, files))
    diagnosis, case = diagnose(evidence, library, ask=answers_of(files))
    seen = view(diagnosis=diagnosis, evidence=dated(case), measures=case.measures)
    previous, beside = (read_text(out), read_text(out.with_suffix(".md"))) if out else ("", "")
    text = document.render(seen, previous=previous, beside=beside, template=name, folder=folder)
    if out is None:
        sys.stdout.write(text)
    else:
        write(out.parent, {out.name: text.encode()})


def _template(own: Path | None, out: Path | None) -> tuple[str, Path | None]:
    """The template's name and the folder to look in before reports/."""
    from diagnose.errors import UsageError
    from diagnose.report.postmortem import MARKDOWN, PAGE
    from diagnose.report.templates import is_page

    name = PAGE if out and is_page(out.name) else MARKDOWN
    if own is None or own.is_dir():
        return name, own
    if not own.is_file():
        raise UsageError(f"{own}: there is no such template; name a file, or a folder that holds {name}")
    if out and is_page(out.name) != is_page(own.name):
        kinds = "a page to a file that is none" if is_page(own.name) else "Markdown to a page"
        raise UsageError(f"{own}: this would write {kinds}; give template and --out the same ending (.md.j2, .html.j2)")
    return own.name, own.parent
