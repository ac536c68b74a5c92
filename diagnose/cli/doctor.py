"""`diagnose doctor`: can every source be reached, and does it hold data for the window."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from diagnose.cli import options
from diagnose.cli.windows import window_of

if TYPE_CHECKING:
    from diagnose.investigate import Request
    from diagnose.monitor.configuration import Service
    from diagnose.signals.evidence import Evidence, Signal
    from diagnose.signals.window import Window


def doctor(
    services: options.Services = None,
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
    """Try every source and say what it holds for the window; exit 4 when none holds anything.

    Without a source on the command line the services of diagnose.yaml are tried, where it lists any; then 4 means that
    one of them holds nothing.
    """
    from diagnose.cli import settings
    from diagnose.cli.incident import request_of

    given, window = settings.read(config), window_of(start=start, end=end, since=since, at=at)
    if services or (given.services and not any((prometheus, metrics, logs, profiles, changes, repo))):
        raise typer.Exit(_services(settings.services(given, services or []), window))
    _tell(request_of(
        given=given, prometheus=prometheus, metrics=metrics, select=select, logs=logs, profiles=profiles,
        changes=changes, repository=repo, cpu_seconds=0.0, window=window,
    ))  # fmt: skip


def _services(services: Sequence[Service], window: Window | None) -> int:
    """Try the sources of each service; the exit code."""
    from diagnose.errors import NothingCollectedError
    from diagnose.monitor.look import request
    from diagnose.report.text import line
    from diagnose.signals.window import Window

    code, now = 0, time.time()
    for one in services:
        sys.stdout.write(f"{line(one.name)}:\n")
        try:
            _tell(request(one, window or Window(now - one.since_s, now)))
        except NothingCollectedError as error:
            code = error.exit_code
            sys.stdout.write(f"gap  {line(str(error), 2000)}\n")
    return code


def _tell(request: Request) -> None:
    """What the sources hold, and what they lack."""
    from diagnose.cli.progress import progress
    from diagnose.investigate import collect
    from diagnose.report.text import COMMAND, line

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
