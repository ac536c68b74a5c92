"""What a case can do to its stage: one small function a verb."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import urllib.parse
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from .case import Action, LabError
from .stage import Stage, write_config
from .wire import Client

Verb = Callable[[Stage, Any, Action], Awaitable[None]]


async def fault(stage: Stage, name: Any, action: Action) -> None:
    """Switch a fault of the service on, and keep it on over restarts."""
    query = {"name": name, "strength": action.get("strength", 1.0), "creep_s": action.get("creep_s", 0)}
    await switch(stage, query)
    stage.tasks.append(asyncio.create_task(hold(stage, query)))


async def switch(stage: Stage, query: dict[str, Any]) -> None:
    """Send one switch to the service."""
    status, body = await Client(stage.port).request("POST", "/lab/fault?" + urllib.parse.urlencode(query))
    if status not in (200, 204):
        why = f"{status} {body.decode(errors='replace')}"
        raise LabError(f"{stage.case.name}: fault {query['name']} was not accepted: {why}")


async def hold(stage: Stage, query: dict[str, Any]) -> None:
    """Switch the fault on again in each new process."""
    process = stage.supervisor.process
    while True:
        await asyncio.sleep(0.2)
        if stage.supervisor.process is not process and await stage.ready():
            with contextlib.suppress(LabError):
                await switch(stage, query)
                process = stage.supervisor.process


async def upstream(stage: Stage, behaviour: Any, action: Action) -> None:
    """Make the upstream behave badly; with `creep_s` its latency grows in ten steps."""
    creep = float(action.get("creep_s", 0))
    for part in range(1, 11 if creep else 2):
        now = dict(behaviour)
        if creep:
            now["latency_ms"] = int(behaviour.get("latency_ms", 0) * part / 10)
        await stage.control(**now)
        await asyncio.sleep(creep / 10)


async def deploy(stage: Stage, version: Any, action: Action) -> None:
    """Restart with another version."""
    await stage.supervisor.restart({"LAB_VERSION": str(version), **action.get("env", {})})
    await stage.ready()


async def restart(stage: Stage, env: Any, _action: Action) -> None:
    """Restart with a changed environment."""
    await stage.supervisor.restart({key: str(value) for key, value in (env or {}).items()})
    await asyncio.sleep(0.5)


async def config(stage: Stage, changes: Any, _action: Action) -> None:
    """Change the configuration file and have it read."""
    values = {**json.loads((stage.home / "config.json").read_text(encoding="utf-8")), **changes}
    write_config(stage.home, values)
    if stage.service.spec.get("reload") == "signal":
        stage.supervisor.hang_up()
    else:
        await stage.supervisor.restart({})


async def load(stage: Stage, factor: Any, action: Action) -> None:
    """Change the traffic."""
    stage.load.steer(float(factor), ramp_s=float(action.get("creep_s", 0)))


async def scrape(stage: Stage, mode: Any, _action: Action) -> None:
    """Scrape "on", "failing" or "off" (in YAML quote on and off)."""
    case = stage.case
    stage.prometheus.target(case.name, case.scrape_s, job=stage.service.label, port=stage.port, mode=str(mode))


async def fill_disk(stage: Stage, leave_kb: Any, action: Action) -> None:
    """Fill the small file system, at once or in ten steps over `creep_s`."""
    creep = float(action.get("creep_s", 0))
    ballast = stage.data / "core.4471"
    for part in range(10):
        await asyncio.sleep(creep / 10)
        grow(ballast, stage, keep=int(leave_kb) * 1024, share=(part + 1) / 10 if creep else 1.0)


def grow(ballast: Path, stage: Stage, *, keep: int, share: float) -> None:
    """Append to the ballast file until only `keep` bytes are free (or the share of them that this step takes)."""
    info = os.statvfs(stage.data)
    room = int((info.f_bavail * info.f_frsize - keep) * share)
    with contextlib.suppress(OSError), ballast.open("ab") as file:
        file.write(bytes(max(0, room)))


async def memory_limit(stage: Stage, megabytes: Any, _action: Action) -> None:
    """Kill the service when its resident memory goes beyond."""
    stage.supervisor.limit_mb = float(megabytes)


VERBS: dict[str, Verb] = {
    "fault": fault, "upstream": upstream, "deploy": deploy, "restart": restart, "config": config, "load": load,
    "scrape": scrape, "fill_disk": fill_disk, "memory_limit": memory_limit,
}  # fmt: skip


async def perform(stage: Stage, action: Action) -> None:
    """Do every verb of one action, in the order in which they are written."""
    for verb, argument in action.items():
        if verb in VERBS:
            await VERBS[verb](stage, argument, action)
        elif verb not in ("at", "strength", "creep_s", "env"):
            raise LabError(f"{stage.case.name}: unknown action {verb!r}; known are {', '.join(sorted(VERBS))}")
