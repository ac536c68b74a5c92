"""What `watch` and `serve` share: how they diagnose, whom they tell, and how they end."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from diagnose.errors import DiagnoseError, UsageError
from diagnose.report.text import line

if TYPE_CHECKING:
    from diagnose.monitor.archive import Archive
    from diagnose.monitor.configuration import Service
    from diagnose.monitor.desk import Desk
    from diagnose.monitor.health import Checkup
    from diagnose.monitor.orders import Order
    from diagnose.monitor.records import Outcome, Record
    from diagnose.report.listing import Told

NOTIFY = "DIAGNOSE_NOTIFY_URL"
Limit = Annotated[str, typer.Option("--limit", metavar="SPAN", help="End a diagnosis that takes longer.")]
Cooldown = Annotated[
    str, typer.Option("--cooldown", metavar="SPAN", help="Do not diagnose the same trouble again before.")
]
Grace = Annotated[
    str, typer.Option("--grace", metavar="SPAN", help="How long a running diagnosis may go on after SIGTERM.")
]
Keep = Annotated[
    int,
    typer.Option(
        "--keep", min=1, metavar="N", help="Remove the oldest incidents that were diagnosed here, beyond N of them."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Ended = Callable[["Record"], None]
Send = Callable[[str], "bool | None"]
"""Sends a message to the team: whether it arrived, None when nobody is to be told."""


def seconds(text: str, option: str, *, least: float = 0.0) -> float:
    """The seconds of an option. Raises UsageError when it is no duration, or too short."""
    from diagnose.signals.window import parse_duration

    try:
        found = parse_duration(text)
    except UsageError as error:
        raise UsageError(f"{option}: {error}") from None
    if found < least:
        raise UsageError(f"{option} {text} is too short; give at least {least:g}s")
    return found


def desk_of(archive: Archive, ended: Ended, *, limit_s: float, cooldown_s: float, keep: int, places: int = 20) -> Desk:
    """A desk that diagnoses in processes of their own."""
    from diagnose.monitor.desk import Desk
    from diagnose.monitor.runner import run

    def diagnosed(words: tuple[str, ...], folder: Path, halt: Event) -> Outcome:
        return run(words, folder, limit_s=limit_s, halt=halt)

    return Desk(archive, diagnosed, ended, places=places, cooldown_s=cooldown_s, keep=keep)


def sender() -> Send:
    """How to send a message to the team, where an address is set. Raises UsageError when it is none."""
    url = os.environ.get(NOTIFY, "")
    if not url:
        return lambda _: None
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{NOTIFY} is not the address of a webhook; it begins with https://")
    from diagnose.monitor.notify import Notifier

    notifier = Notifier(url)

    def send(text: str) -> bool | None:
        why = notifier.tell(text) if text else None
        if why:
            warn(f"the message to {NOTIFY} did not arrive: {why}")
        return None if why is None else not why

    return send


def ending(
    archive: Archive,
    send: Send,
    seen: Callable[[Record, Told | None], None] = lambda *_: None,
    *,
    base: str,
    as_json: bool,
) -> Ended:
    """What to do when a diagnosis has ended: print a line, and tell the team; reports are found under `base`."""
    from diagnose.monitor.archive import PAGE
    from diagnose.monitor.records import State
    from diagnose.monitor.watch import ended_line, ended_row

    def ended(record: Record) -> None:
        told = archive.verdict(record.id) if record.state is State.DONE else None
        report = f"{base}/{record.id}/{PAGE}"
        seen(record, told)
        tell(ended_line(record, told, report), ended_row(record, told, report), as_json=as_json)
        if record.state is not State.INTERRUPTED:
            send(ended_line(record, told, report))

    return ended


def follow(
    services: Sequence[Service],
    pace: Iterator[None],
    seen: Callable[[Checkup, float], None] = lambda *_: None,
    *,
    desk: Desk | None,
    send: Send,
    as_json: bool,
) -> None:
    """Check at every tick: print what has turned, tell the team, and diagnose what has become critical."""
    from diagnose.monitor.rounds import rounds
    from diagnose.monitor.turns import line as told
    from diagnose.monitor.watch import message, orders, row

    for at, found, turned in rounds(services, pace):
        seen(found, at)
        for turn in turned:
            tell(told(turn), row(turn, at), as_json=as_json)
        if desk:
            _diagnose(desk, orders(turned, services, at))
        send(message(turned))


def _diagnose(desk: Desk, orders: Iterable[Order]) -> None:
    """Order diagnoses; a folder that cannot be written to must not end a watch."""
    try:
        for order in orders:
            desk.submit(order)
    except DiagnoseError as error:
        warn(str(error))


def tell(text: str, row: dict[str, object], *, as_json: bool) -> None:
    """One line on stdout, at once: who reads it waits for it."""
    sys.stdout.write((json.dumps(row, ensure_ascii=False, allow_nan=False) if as_json else text) + "\n")
    sys.stdout.flush()


def warn(text: str) -> None:
    """One line on stderr."""
    sys.stderr.write(f"diagnose: {line(text, 2000)}\n")


def end_on_sigterm() -> None:
    """Let SIGTERM end the program as Ctrl-C does."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
