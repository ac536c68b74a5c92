"""`diagnose doctor`: can every source be reached, and does it hold data for the window."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli import options


def doctor(
    prometheus: options.Prometheus = "",
    metrics: options.Metrics = "",
    select: options.Select = "",
    logs: options.Logs = None,
    profiles: options.Profiles = None,
    start: options.Start = "",
    end: options.End = "",
    since: options.Since = "",
    at: options.At = "",
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Options from a file (default: diagnose.yaml).")
    ] = None,
) -> None:
    """Try every source and say what it holds for the window; exit 4 when none holds anything."""
    from diagnose.cli import settings
    from diagnose.cli.incident import request_of
    from diagnose.cli.progress import progress
    from diagnose.investigate import collect

    given = settings.read(config)
    request = request_of(
        given=given, prometheus=prometheus, metrics=metrics, select=select, logs=logs, profiles=profiles,
        window=options.window_of(start=start, end=end, since=since, at=at), cpu_seconds=0.0,
    )  # fmt: skip
    with progress() as say:
        evidence = collect(request, progress=say)
    for source in evidence.logs.sources if evidence.logs else ():
        sys.stdout.write(
            f"ok   log      {source.name}: {source.in_window} of {source.lines} lines in the window ({source.format})\n"
        )
    if evidence.series:
        sys.stdout.write(f"ok   metrics  {request.prometheus or request.metrics}: {len(evidence.series)} series\n")
    for profile in evidence.profiles:
        sys.stdout.write(f"ok   profile  {profile.source}: {profile.kind}, {profile.samples} stacks\n")
    for gap in evidence.gaps:
        sys.stdout.write(f"gap  {gap.signal:<8} {gap.why}\n" + (f"     try: {gap.command}\n" if gap.command else ""))
