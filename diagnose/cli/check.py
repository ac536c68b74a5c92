"""`diagnose check`: one pass over the configured services, for cron and for monitoring plugins."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer


def check(
    services: Annotated[
        list[str] | None, typer.Argument(metavar="[SERVICE]...", help="Only these services (default: all).")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="The services (default: diagnose.yaml).")
    ] = None,
    at: Annotated[str, typer.Option("--at", metavar="T", help="Look at the time before T instead of now.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check the services of diagnose.yaml once: one line a finding; exit 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."""
    from diagnose.cli import settings
    from diagnose.cli.progress import progress
    from diagnose.errors import SpecError
    from diagnose.monitor.health import look, worst
    from diagnose.signals.window import parse_moment

    configuration = settings.read(config)
    chosen = [one for one in configuration.services if not services or one.name in services]
    absent = set(services or ()) - {one.name for one in chosen}
    if absent or not chosen:
        known = (
            ", ".join(one.name for one in configuration.services) or "none; list them under services in diagnose.yaml"
        )
        raise SpecError(f"no service {', '.join(sorted(absent)) or 'to check'}; known are: {known}")
    now = parse_moment(at, now=time.time()) if at else time.time()
    with progress() as say:
        findings = tuple(found for one in chosen for found in look(one, now=now, progress=say))
    status = worst(findings)
    sys.stdout.write(_json(findings, status, now) if as_json else _lines(findings))
    raise typer.Exit(int(status))


def _lines(findings) -> str:  # type: ignore[no-untyped-def]
    return "".join(f"{one.status.name:<8} {one.service}: {one.check}: {one.message}\n" for one in findings)


def _json(findings, status, now: float) -> str:  # type: ignore[no-untyped-def]
    import json
    from dataclasses import asdict

    from diagnose.signals.window import rfc3339

    rows = [
        asdict(one) | {"status": one.status.name, "since": rfc3339(one.since) if one.since else None}
        for one in findings
    ]
    return json.dumps({"at": rfc3339(now), "worst": status.name, "findings": rows}, indent=2) + "\n"
