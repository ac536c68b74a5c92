"""`diagnose doctor`: can every source be reached, and does it hold data for the window."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from diagnose.cli import options
from diagnose.cli.windows import window_of

if TYPE_CHECKING:
    from diagnose.signals.evidence import Evidence, Signal


def doctor(
    prometheus: options.Prometheus = "",
    metrics: options.Metrics = "",
    select: options.Select = "",
    logs: options.Logs = None,
    profiles: options.Profiles = None,
    changes: options.Changes = None,
    repo: options.Repository = "",
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
    from diagnose.report.text import COMMAND, line

    given = settings.read(config)
    request = request_of(
        given=given, prometheus=prometheus, metrics=metrics, select=select, logs=logs, profiles=profiles,
        changes=changes, repository=repo, cpu_seconds=0.0,
        window=window_of(start=start, end=end, since=since, at=at),
    )  # fmt: skip
    with progress() as say:
        evidence = collect(request, progress=say)
    for signal, told in _held(evidence, request.prometheus or request.metrics):
        sys.stdout.write(f"ok   {signal:<8} {line(told)}\n")
    for gap in evidence.gaps:
        sys.stdout.write(f"gap  {gap.signal:<8} {line(gap.why)}\n")
        if gap.command:
            sys.stdout.write(f"     try: {line(gap.command, COMMAND)}\n")


def _held(evidence: Evidence, metrics: str) -> Iterator[tuple[Signal, str]]:
    """What each source holds."""
    from diagnose.signals.evidence import Signal

    for log in evidence.logs.sources if evidence.logs else ():
        yield Signal.LOG, f"{log.name}: {log.in_window} of {log.lines} lines in the window ({log.format})"
    if evidence.series:
        yield Signal.METRIC, f"{metrics}: {len(evidence.series)} series"
    for profile in evidence.profiles:
        yield Signal.PROFILE, f"{profile.source}: {profile.kind}, {profile.samples} stacks"
    if evidence.changes:
        yield Signal.CHANGE, f"{len(evidence.changes)} changes in the window"
