"""`diagnose incident`: from the sources that a person names to a report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from diagnose.cli import options
from diagnose.cli.windows import last_hour, window_of
from diagnose.cli.workers import Dask, Workers
from diagnose.signals.window import Window

if TYPE_CHECKING:
    from diagnose.investigate import Request
    from diagnose.monitor.configuration import Configuration
    from diagnose.sources.metrics.files import Opened


def incident(
    prometheus: options.Prometheus = "",
    metrics: options.Metrics = "",
    select: options.Select = "",
    logs: options.Logs = None,
    profiles: options.Profiles = None,
    changes: options.Changes = None,
    repo: options.Repository = "",
    dependencies: options.Dependencies = None,
    start: options.Start = "",
    end: options.End = "",
    since: options.Since = "",
    at: options.At = "",
    probe: Annotated[
        list[str] | None,
        typer.Option(
            "--probe",
            metavar="TARGET",
            help="Try to reach HOST:PORT, a URL, process:NAME, pid:NUMBER or container:NAME; only reads; repeatable.",
        ),
    ] = None,
    playbook: Annotated[
        str, typer.Option("--playbook", metavar="NAME_OR_FILE", help="The decision graph to walk.")
    ] = "triage",
    ask: Annotated[
        bool | None,
        typer.Option(
            "--ask/--no-ask",
            help="Ask the person at the keyboard where the evidence is silent (default: on a terminal).",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the report goes (default: incidents/<UTC time>-<name>/)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report's JSON on stdout.")] = False,
    workers: Workers = None,
    dask: Dask = "",
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", metavar="FILE", help="Options from a file (default: diagnose.yaml, where there is one)."
        ),
    ] = None,
    cpu_seconds: Annotated[
        float, typer.Option("--cpu-seconds", min=0, max=120, help="How long to sample CPU on a live service.")
    ] = 5.0,
) -> None:
    """Collect, align, check, walk the decision graph, and report the root cause."""
    from diagnose.cli import settings
    from diagnose.cli.deliver import deliver
    from diagnose.cli.outbox import require_writable
    from diagnose.cli.person import asker
    from diagnose.cli.progress import progress
    from diagnose.investigate import collect, library_of, queries_of, save
    from diagnose.sources.probes.target import parse

    library = library_of(playbook)
    require_writable(out)
    for target in probe or ():
        parse(target)  # a word that is none stops the run before it reads anything
    request = request_of(
        given=settings.read(config), prometheus=prometheus, metrics=metrics, select=select, logs=logs,
        profiles=profiles, changes=changes, repository=repo, dependencies=dependencies, cpu_seconds=cpu_seconds,
        window=window_of(start=start, end=end, since=since, at=at),
    )  # fmt: skip
    with progress() as say:
        request = replace(request, queries=queries_of(library), probes=tuple(probe or ()), workers=workers, dask=dask)
        evidence = collect(request, progress=say)
        say("looking for the cause")
        deliver(save(evidence), library=library, ask=asker(ask), out=out, as_json=as_json)


def request_of(
    *,
    given: Configuration,
    prometheus: str,
    metrics: str,
    select: str,
    logs: list[str] | None,
    profiles: list[str] | None,
    changes: list[str] | None,
    repository: str,
    window: Window | None,
    cpu_seconds: float,
    dependencies: list[str] | None = None,
) -> Request:
    """Command line before configuration; without a word on time all that the files span, or the last hour."""
    from diagnose.investigate import Request
    from diagnose.sources.metrics import files

    server, file = options.one_of(prometheus, metrics)
    if not server and not file:
        server, file = given.prometheus, given.metrics
    sources = tuple(logs or given.logs)
    opened = files.opened(file) if file and not window else None
    return Request(
        window=window or _window(sources, opened, live=bool(server)),
        opened=opened,
        prometheus=server,
        metrics=file,
        select=select or given.select,
        logs=sources,
        profiles=tuple(profiles or given.profiles),
        changes=tuple(changes or given.changes),
        repository=repository or given.repo,
        dependencies=tuple(dependencies or given.dependencies),
        cpu_seconds=cpu_seconds,
        meanings=given.meanings,
    )


def _window(logs: tuple[str, ...], metrics: Opened | None, *, live: bool) -> Window:
    """Without a word on time: all that the files span, or the last hour of a live source."""
    from diagnose.sources.logs import span as log_span

    spans = [metrics.span() if metrics else None, log_span(logs) if logs and not live else None]
    known = [span for span in spans if span]
    if live or not known:
        return last_hour()
    return Window(min(first for first, _ in known), max(last for _, last in known) + 1.0)
