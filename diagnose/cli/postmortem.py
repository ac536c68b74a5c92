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
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write it to a file instead of stdout; what people wrote into its fields is kept.",
        ),
    ] = None,
) -> None:
    """Write a blameless postmortem document: what the data tells is filled in, what people know is marked."""
    from diagnose.cli.outbox import read_text, write
    from diagnose.cli.rerun import answers_of, playbook_of
    from diagnose.investigate import dated, diagnose, read_bundle, reopen
    from diagnose.report import postmortem as document
    from diagnose.report.view import view

    files = read_bundle(bundle)
    evidence = reopen(files)
    walked = playbook or playbook_of(bundle, files)
    diagnosis, case = diagnose(evidence, playbook=walked, ask=answers_of(files))
    seen = view(diagnosis=diagnosis, evidence=dated(case), measures=case.measures)
    text = document.render(seen, previous=read_text(out) if out else "")
    if out is None:
        sys.stdout.write(text)
    else:
        write(out.parent, {out.name: text.encode()})
