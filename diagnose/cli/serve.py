"""`diagnose serve`: alerts in, reports out."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from diagnose.cli import options, service
from diagnose.errors import UsageError

if TYPE_CHECKING:
    from diagnose.monitor.archive import Archive
    from diagnose.monitor.configuration import Configuration
    from diagnose.monitor.desk import Desk
    from diagnose.monitor.instruments import Instruments
    from diagnose.monitor.web import Site

TOKEN = "DIAGNOSE_SERVE_TOKEN"  # noqa: S105 - the name of the variable that holds it


def serve(
    config: options.ServicesFile = None,
    prometheus: options.Prometheus = "",
    listen: Annotated[str, typer.Option("--listen", metavar="HOST:PORT", help="Where to listen.")] = "127.0.0.1:9797",
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where reports go, and where the page looks for them.")
    ] = Path("incidents"),
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            metavar="NAME",
            help="An alert's label that becomes part of --select where no service of diagnose.yaml fits; "
            "repeatable (default: job, namespace, pod, instance).",
        ),
    ] = None,
    queue: Annotated[
        int, typer.Option("--queue", min=1, max=1000, metavar="N", help="How many incidents may wait.")
    ] = 20,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, max=64, metavar="N", help="How many to diagnose at once.")
    ] = 1,
    cooldown: service.Cooldown = "30m",
    limit: service.Limit = "10m",
    keep: service.Keep = 500,
    grace: service.Grace = "20s",
    every: Annotated[
        str, typer.Option("--every", metavar="SPAN", help="Check the services too, as `diagnose watch` does.")
    ] = "",
    host_name: Annotated[
        list[str] | None,
        typer.Option(
            "--host-name", metavar="NAME", help="Another name of this server, such as a proxy asks for; repeatable."
        ),
    ] = None,
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="The address of the page, for links in messages.")
    ] = "",
    as_json: service.AsJson = False,
) -> None:
    """Diagnose what Alertmanager posts to /webhook, and show the reports on a page.

    DIAGNOSE_SERVE_TOKEN guards the webhook, and must be set to listen elsewhere than on this machine;
    DIAGNOSE_NOTIFY_URL is told of every report. SIGTERM and Ctrl-C end it, with exit code 0.
    """
    from diagnose.cli import settings
    from diagnose.cli.outbox import require_writable

    _require_libraries()
    from diagnose.monitor.archive import Archive
    from diagnose.monitor.server import addresses, bind

    given = _given(settings.read(config), prometheus)
    require_writable(out)
    archive, base = Archive(out), f"{url.rstrip('/')}/incidents" if url else str(out)
    desk, instruments, send = _desk(archive, limit, cooldown, queue, keep, base=base, as_json=as_json)
    grace_s, over = service.seconds(grace, "--grace"), threading.Event()
    pace = _pace(given, every, over)
    host, port = _address(listen)
    site = _site(host, host_name or [], desk=desk, archive=archive, instruments=instruments, given=given)
    server = bind(replace(site, labels=tuple(label)) if label else site, host=host, port=port)
    service.warn(f"listening on {' and '.join(addresses(server))}")
    try:
        service.end_on_sigterm()
        desk.open(at_once)
        watched = partial(instruments.checked, [one.name for one in given.services])
        checks = partial(service.follow, given.services, pace, watched, desk=desk, send=send, as_json=as_json)
        threading.Thread(target=checks, name="checks", daemon=True).start()
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        over.set()
        desk.close(grace_s)


def _pace(given: Configuration, every: str, over: threading.Event) -> Iterator[None]:
    """When to check the services, until it is over; never without a word on it."""
    from diagnose.monitor.rounds import ticks

    if not every:
        return iter(())
    if not given.services:
        raise UsageError("--every checks services, and there is none; list them under services in diagnose.yaml")
    pace = ticks(service.seconds(every, "--every", least=1.0), sleep=over.wait)
    return takewhile(lambda _: not over.is_set(), pace)


def _site(
    host: str, names: Sequence[str], *, desk: Desk, archive: Archive, instruments: Instruments, given: Configuration
) -> Site:
    """The application; it is open to other machines only with a token, and to other names only where they are named."""
    from diagnose.monitor.server import LOCAL
    from diagnose.monitor.web import Site

    token = os.environ.get(TOKEN, "")
    if host not in LOCAL and not token:
        raise UsageError(f"--listen {host} is open to other machines; set {TOKEN} to guard the webhook")
    hosts = LOCAL.union(names) if host in LOCAL else frozenset(names)
    return Site(desk, archive, instruments, given, token=token, hosts=hosts)


def _require_libraries() -> None:
    from importlib.util import find_spec

    absent = [name for name in ("prometheus_client", "waitress", "werkzeug") if find_spec(name) is None]
    if absent:
        raise UsageError(f"diagnose serve needs {', '.join(absent)}: pip install 'diagnose[serve]'")


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UsageError(f"--listen {text} is not HOST:PORT; write it like 127.0.0.1:9797 or 0.0.0.0:9797")
    return host, int(port)


def _given(read: Configuration, prometheus: str) -> Configuration:
    """The configuration with the server of the command line or the environment; there must be something to ask.

    A service that says where its metrics are keeps them.
    """
    given = read
    if prometheus:
        own = (one if one.prometheus or one.metrics else replace(one, prometheus=prometheus) for one in read.services)
        given = replace(read, prometheus=prometheus, metrics="", services=tuple(own))
    if not (given.services or given.prometheus or given.metrics or given.logs or given.profiles):
        raise UsageError("no source to look at: name --prometheus URL, or sources and services in diagnose.yaml")
    return given


def _desk(
    archive: Archive, limit: str, cooldown: str, places: int, keep: int, *, base: str, as_json: bool
) -> tuple[Desk, Instruments, service.Send]:
    """The desk, what it tells of itself, and how messages are sent, which is counted there too."""
    from diagnose.monitor.instruments import Instruments

    instruments = Instruments(waiting=lambda: desk.waiting, running=lambda: desk.running, places=places)
    send = service.sender()

    def counted(text: str) -> bool | None:
        arrived = send(text)
        if arrived is not None:
            instruments.told(arrived)
        return arrived

    desk = service.desk_of(
        archive,
        service.ending(archive, counted, instruments.ended, base=base, as_json=as_json),
        limit_s=service.seconds(limit, "--limit", least=1.0),
        cooldown_s=service.seconds(cooldown, "--cooldown"),
        keep=keep,
        places=places,
    )
    return desk, instruments, counted
