"""`diagnose check`: one pass over the configured services, for cron and for monitoring plugins."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from diagnose.monitor.health import Health, HealthFinding


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
    from diagnose.errors import DiagnoseError
    from diagnose.monitor.health import Health, worst
    from diagnose.report.text import line
    from diagnose.signals.window import parse_moment

    now = time.time()
    try:
        now = parse_moment(at, now=now) if at else now
        findings = _findings(services or [], config, now)
    except DiagnoseError as error:
        # The convention of monitoring plugins leaves no other code for a check that could not be made.
        sys.stderr.write(f"diagnose: {line(str(error), 2000)}\n")
        raise typer.Exit(Health.UNKNOWN) from None
    status = worst(findings)
    sys.stdout.write(_json(findings, status, now) if as_json else _lines(findings))
    raise typer.Exit(int(status))


def _findings(services: list[str], config: Path | None, now: float) -> tuple[HealthFinding, ...]:
    from diagnose.cli import settings
    from diagnose.cli.progress import progress
    from diagnose.errors import SpecError
    from diagnose.monitor.health import look

    configuration = settings.read(config)
    chosen = [one for one in configuration.services if not services or one.name in services]
    absent = sorted(set(services) - {one.name for one in chosen})
    if absent or not chosen:
        known = ", ".join(one.name for one in configuration.services)
        known = known or "none; list them under services in diagnose.yaml"
        raise SpecError(f"no service {', '.join(absent) or 'to check'}; known are: {known}")
    with progress() as say:
        return tuple(found for one in chosen for found in look(one, now=now, progress=say))


def _lines(findings: tuple[HealthFinding, ...]) -> str:
    from diagnose.report.text import line

    told = ((one.status.name, line(f"{one.service}: {one.check}: {one.message}")) for one in findings)
    return "".join(f"{status:<8} {text}\n" for status, text in told)


def _json(findings: tuple[HealthFinding, ...], status: Health, now: float) -> str:
    import json

    from diagnose.signals.window import rfc3339

    rows = [_row(one) for one in findings]
    return json.dumps({"at": rfc3339(now), "worst": status.name, "findings": rows}, indent=2, allow_nan=False) + "\n"


def _row(one: HealthFinding) -> dict[str, object]:
    from diagnose.signals.window import rfc3339

    return {
        "service": one.service,
        "check": one.check,
        "status": one.status.name,
        "message": one.message,
        "value": one.value if one.value is not None and math.isfinite(one.value) else None,
        "unit": one.unit,
        "since": rfc3339(one.since) if one.since is not None else None,
        "full_in_s": one.full_in_s,
    }
