"""`diagnose watch`: the checks on a schedule, and a line only when something has changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from diagnose.cli import options, service

if TYPE_CHECKING:
    from diagnose.monitor.desk import Desk


def watch(
    services: options.Services = None,
    config: options.ServicesFile = None,
    every: Annotated[str, typer.Option("--every", metavar="SPAN", help="How often to check.")] = "1m",
    incidents: Annotated[
        Path | None,
        typer.Option("--incidents", metavar="DIR", help="Diagnose what becomes CRITICAL, each into a folder of DIR."),
    ] = None,
    cooldown: service.Cooldown = "30m",
    limit: service.Limit = "10m",
    keep: service.Keep = 500,
    grace: service.Grace = "20s",
    as_json: service.AsJson = False,
) -> None:
    """Check the services of diagnose.yaml again and again; print a line when a status changes, and tell a webhook.

    Set DIAGNOSE_NOTIFY_URL to the address of a Slack-compatible webhook. Ctrl-C and SIGTERM end it, with exit code 0.
    """
    from diagnose.cli import settings
    from diagnose.monitor.rounds import ticks

    chosen = settings.services(settings.read(config), services or [])
    pace = ticks(service.seconds(every, "--every", least=1.0))
    grace_s, send = service.seconds(grace, "--grace"), service.sender()
    desk = _desk(incidents, send, limit, cooldown, keep, as_json=as_json) if incidents else None
    try:
        service.end_on_sigterm()
        service.follow(chosen, pace, desk=desk, send=send, as_json=as_json)
    except KeyboardInterrupt:
        service.warn("ending")
    finally:
        if desk:
            desk.close(grace_s)


def _desk(folder: Path, send: service.Send, limit: str, cooldown: str, keep: int, *, as_json: bool) -> Desk:
    from diagnose.cli.outbox import require_writable
    from diagnose.monitor.archive import Archive

    require_writable(folder)
    archive = Archive(folder)
    desk = service.desk_of(
        archive,
        service.ending(archive, send, base=str(folder), as_json=as_json),
        limit_s=service.seconds(limit, "--limit", least=1.0),
        cooldown_s=service.seconds(cooldown, "--cooldown"),
        keep=keep,
    )
    desk.open()
    return desk
