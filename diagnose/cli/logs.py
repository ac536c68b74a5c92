"""`diagnose logs`: the log engine on its own."""

from __future__ import annotations

from typing import Annotated

import typer

from diagnose.cli import options
from diagnose.cli.answers import write
from diagnose.cli.windows import window_of
from diagnose.cli.workers import Dask, Workers


def logs(
    sources: Annotated[
        list[str], typer.Argument(metavar="SRC...", help="Files, globs, directories, URLs, or - for stdin.")
    ],
    start: options.Start = "",
    end: options.End = "",
    since: options.Since = "",
    at: options.At = "",
    zone: Annotated[
        str, typer.Option("--zone", metavar="ZONE", help="Time zone of stamps that name none, such as Europe/Berlin.")
    ] = "",
    workers: Workers = None,
    dask: Dask = "",
    limit: Annotated[int, typer.Option("--limit", help="How many patterns to show.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Patterns, spikes and silence in logs; without a window, all that the files hold."""
    from diagnose.cli import log_answers
    from diagnose.cli.tell import tell

    window = window_of(start=start, end=end, since=since, at=at)
    found = log_answers.found_in(sources, window, zone=zone, workers=workers, dask=dask)
    if as_json:
        write(log_answers.of_logs(found))
    else:
        tell(log_answers.table(found, limit=limit))
