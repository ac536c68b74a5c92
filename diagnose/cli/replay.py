"""`diagnose replay`: the same diagnosis from a saved bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def replay(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle, or the report's folder that holds one.")],
    playbook: Annotated[
        str,
        typer.Option("--playbook", metavar="NAME_OR_FILE", help="Another decision graph than the one of that run."),
    ] = "",
    ask: Annotated[
        bool | None,
        typer.Option(
            "--ask/--no-ask", help="Ask the person at the keyboard anew, or nobody (default: the answers of that run)."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the report goes (default: incidents/<UTC time>-<name>/)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report's JSON on stdout.")] = False,
) -> None:
    """Diagnose a saved bundle again: the same report, byte for byte, with no server and no network."""
    from diagnose.cli.deliver import deliver
    from diagnose.cli.person import asker
    from diagnose.cli.rerun import answers_of, playbook_of
    from diagnose.investigate import library_of, read_bundle

    files = read_bundle(bundle)
    replies = answers_of(files) if ask is None else asker(ask)
    library = library_of(playbook or playbook_of(bundle, files))
    deliver(files, library=library, ask=replies, out=out, as_json=as_json)
