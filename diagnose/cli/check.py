"""`diagnose check`: one pass over the configured services, for cron and for monitoring plugins."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from diagnose.cli import options
from diagnose.errors import UsageError

if TYPE_CHECKING:
    from diagnose.monitor.health import Checkup

UNKNOWN = 3


class Plugin(TyperCommand):
    """A command whose wrong use is UNKNOWN to a monitoring system: 2 would be CRITICAL."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options."""
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            if getattr(error, "exit_code", None) == UsageError.exit_code:
                vars(error)["exit_code"] = UNKNOWN
            raise


def check(
    services: options.Services = None,
    config: options.ServicesFile = None,
    at: Annotated[str, typer.Option("--at", metavar="T", help="Look at the time before T instead of now.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    perfdata: Annotated[
        bool,
        typer.Option(
            "--perfdata", help="First a status line with performance data, as Nagios, Icinga and Checkmk read it."
        ),
    ] = False,
) -> None:
    """Check the services of diagnose.yaml once: one line a finding; exit 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."""
    from diagnose.errors import DiagnoseError
    from diagnose.monitor import plugin
    from diagnose.report.text import line
    from diagnose.signals.window import parse_moment

    now = time.time()
    try:
        now = parse_moment(at, now=now) if at else now
        found = _found(services or [], config, now)
    except DiagnoseError as error:
        # The convention of monitoring plugins leaves no other code for a check that could not be made.
        sys.stderr.write(f"diagnose: {line(str(error), 2000)}\n")
        raise typer.Exit(UNKNOWN) from None
    told = _json(found, now) if as_json else plugin.plugin(found) if perfdata else plugin.lines(found)
    sys.stdout.write(told)
    raise typer.Exit(int(found.worst))


def _found(services: list[str], config: Path | None, now: float) -> Checkup:
    from diagnose.cli import settings
    from diagnose.cli.progress import progress
    from diagnose.monitor.health import together
    from diagnose.monitor.look import look

    chosen = settings.services(settings.read(config), services)
    with progress() as say:
        return together(look(one, now=now, progress=say) for one in chosen)


def _json(found: Checkup, now: float) -> str:
    import json

    from diagnose.monitor.plugin import row
    from diagnose.signals.window import rfc3339

    told = {"at": rfc3339(now), "worst": found.worst.name, "findings": [row(one) for one in found.findings]}
    return json.dumps(told, indent=2, allow_nan=False) + "\n"
