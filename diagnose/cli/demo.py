"""`diagnose demo`: an incident that was recorded for real and ships in the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the report goes.")] = Path("incidents/demo"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the report's JSON on stdout.")] = False,
) -> None:
    """Diagnose a recorded incident: no server, no network, no flags."""
    from diagnose.cli.deliver import deliver
    from diagnose.investigate import library_of, read_bundle

    recorded = Path(__file__).resolve().parent.parent / "demo"
    deliver(read_bundle(recorded), library=library_of("triage"), ask=None, out=out, as_json=as_json)
