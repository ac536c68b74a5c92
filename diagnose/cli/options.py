"""Options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from diagnose.errors import UsageError

Prometheus = Annotated[
    str,
    typer.Option("--prometheus", metavar="URL", envvar="DIAGNOSE_PROMETHEUS", help="A Prometheus-compatible HTTP API."),
]
Metrics = Annotated[
    str,
    typer.Option(
        "--metrics",
        metavar="PATH",
        envvar="DIAGNOSE_METRICS",
        help="Metrics from a file instead: OpenMetrics text with time stamps, CSV, or a saved answer of the API.",
    ),
]
Select = Annotated[
    str,
    typer.Option(
        "--select",
        metavar="MATCHERS",
        envvar="DIAGNOSE_SELECT",
        help="PromQL label matchers of the suspect, such as 'job=\"shop\"'.",
    ),
]
Logs = Annotated[
    list[str] | None,
    typer.Option(
        "--logs", metavar="SRC", envvar="DIAGNOSE_LOGS", help="A file, glob, directory or - for stdin; repeatable."
    ),
]
Profiles = Annotated[
    list[str] | None,
    typer.Option(
        "--profiles",
        metavar="SRC",
        envvar="DIAGNOSE_PROFILES",
        help="A file, glob, directory, or a live /debug/pprof URL; repeatable.",
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--changes",
        metavar="FILE",
        envvar="DIAGNOSE_CHANGES",
        help="Deploys and configuration changes (YAML, JSON or CSV: at, what, service, version), or what "
        "`kubectl get events,replicasets -o json` prints; repeatable.",
    ),
]
Dependencies = Annotated[
    list[str] | None,
    typer.Option(
        "--dependencies",
        metavar="FILE",
        envvar="DIAGNOSE_DEPENDENCIES",
        help="Which service uses which: YAML or JSON of `service: [uses]`, or traces (OTLP, Jaeger or Zipkin JSON); "
        "repeatable.",
    ),
]
Repository = Annotated[
    str,
    typer.Option(
        "--repo", metavar="PATH", envvar="DIAGNOSE_REPO", help="A git repository whose commits and tags to show."
    ),
]
Start = Annotated[
    str,
    typer.Option(
        "--start",
        metavar="T",
        help="Begin of the window: RFC 3339, Unix seconds, or -30m. Include quiet time before the trouble.",
    ),
]
End = Annotated[str, typer.Option("--end", metavar="T", help="End of the window (default: now).")]
Since = Annotated[str, typer.Option("--since", metavar="SPAN", help="The window is the last SPAN, such as 30m.")]
At = Annotated[str, typer.Option("--at", metavar="T", help="The window lies around T: 45 minutes before, 15 after.")]
Services = Annotated[
    list[str] | None, typer.Argument(metavar="[SERVICE]...", help="Only these services (default: all).")
]
ServicesFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The services (default: diagnose.yaml).")
]


def one_of(prometheus: str, metrics: str) -> tuple[str, str]:
    """The one source of metrics; the command line wins over the environment. Raises UsageError when it names both."""
    if prometheus and metrics:
        if prometheus == os.environ.get("DIAGNOSE_PROMETHEUS"):
            return "", metrics
        if metrics == os.environ.get("DIAGNOSE_METRICS"):
            return prometheus, ""
        raise UsageError("--prometheus and --metrics exclude each other; keep one of them")
    return prometheus, metrics
