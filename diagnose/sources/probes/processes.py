"""Whether the process runs, and where it listens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from shlex import quote

import psutil

from diagnose.signals.probes import Step
from diagnose.signals.window import rfc3339
from diagnose.sources.probes.attempt import Attempt
from diagnose.sources.probes.target import Target

_SHOWN = 4


def tried(target: Target) -> Iterator[Attempt]:
    """The processes of a name or a number: running, since when, and on which addresses they listen."""
    number = target.scheme == "pid"
    found = list(_numbered(target.name) if number else _named(target.name))
    command = f"ps -o pid,stat,lstart,args -p {target.name}" if number else f"pgrep -af {quote(target.name)}"
    alive = [process for process in found if process.status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}]
    if alive:
        said = "; ".join(map(_told, alive[:_SHOWN])) + (f"; {len(alive)} in all" if len(alive) > _SHOWN else "")
        yield Attempt(Step.PROCESS, target.text, True, said, command)
        return
    what = f"process {target.name}" if number else f"a process named {target.name}"
    reason, why = ("zombie", "has ended and nobody has taken note") if found else ("absent", "does not run")
    yield Attempt(Step.PROCESS, target.text, False, f"{what} {why} on this machine", command, reason)


def _numbered(name: str) -> Iterator[psutil.Process]:
    if name.isdigit() and psutil.pid_exists(int(name)):
        yield psutil.Process(int(name))


def _named(name: str) -> Iterator[psutil.Process]:
    """Processes whose name, program or script is so called; not the one that asks."""
    here = {psutil.Process().pid, *(parent.pid for parent in psutil.Process().parents())}
    for process in psutil.process_iter(["name", "cmdline"]):
        words = [process.info["name"] or "", *(PurePath(word).name for word in (process.info["cmdline"] or [])[:3])]
        if name in words and process.pid not in here:
            yield process


def _told(process: psutil.Process) -> str:
    try:
        listens = sorted(
            f"{found.laddr.ip}:{found.laddr.port}"
            for found in process.net_connections(kind="tcp")
            if found.status == psutil.CONN_LISTEN
        )
        since = f"process {process.pid} runs since {rfc3339(process.create_time())}"
    except psutil.Error:
        return f"process {process.pid} runs"
    return f"{since}, listens on {', '.join(listens[:_SHOWN])}" if listens else f"{since}, listens on no TCP port"
