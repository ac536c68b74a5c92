"""The program and its list of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from diagnose import __version__
from diagnose.cli import (
    check,
    demo,
    doctor,
    incident,
    logs,
    metrics,
    playbook,
    postmortem,
    profile,
    replay,
    serve,
    watch,
)

app = typer.Typer(
    name="diagnose",
    help="Find the root cause of an incident from logs, Prometheus metrics and pprof profiles on one time window.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"diagnose {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Find the root cause of an incident from logs, Prometheus metrics and pprof profiles on one time window."""


app.command("incident")(incident.incident)
app.command("demo")(demo.demo)
app.command("replay")(replay.replay)
app.command("postmortem")(postmortem.postmortem)
app.command("check", cls=check.Plugin)(check.check)
app.command("watch")(watch.watch)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.command("logs")(logs.logs)
app.command("metrics")(metrics.metrics)
app.add_typer(profile.app, name="profile")
app.add_typer(playbook.app, name="playbook")
