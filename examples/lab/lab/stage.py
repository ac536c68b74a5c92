"""Everything that runs for one case: the service, its upstream, its load, its scrape target."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .case import Case, LabError
from .load import Load
from .process import Supervisor
from .prometheus import Prometheus
from .service import Service
from .wire import Client

DISK_MB = 4


@dataclass(slots=True)
class Stage:
    """The running parts of one case."""

    case: Case
    service: Service
    prometheus: Prometheus
    home: Path
    ports: dict[str, int]
    supervisor: Supervisor
    upstream: asyncio.subprocess.Process
    load: Load
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The port of the service."""
        return self.ports["service"]

    @property
    def data(self) -> Path:
        """Where the service writes its files."""
        return self.home / "data"

    async def control(self, **behaviour: Any) -> None:
        """Make the upstream behave."""
        client = Client(self.ports["control"])
        status, body = await client.request("POST", "/control", body=json.dumps(behaviour).encode())
        if status != 200:
            raise LabError(f"{self.case.name}: the upstream refused {behaviour}: {body.decode(errors='replace')}")

    async def ready(self, seconds: float = 30) -> bool:
        """Wait until the service answers on its control path."""
        for _ in range(int(seconds / 0.2)):
            status, _body = await Client(self.port).request("GET", "/lab/faults", timeout=2)
            if status == 200:
                return True
            await asyncio.sleep(0.2)
        return False

    async def strike(self) -> None:
        """Take everything down."""
        self.supervisor.wanted = False
        for task in self.tasks:
            task.cancel()
        await self.supervisor.stop_process()
        with contextlib.suppress(ProcessLookupError):
            self.upstream.terminate()
        self.prometheus.target(self.case.name, self.case.scrape_s, job=self.service.label, port=self.port, mode="off")
        if self.case.small_disk:
            subprocess.run(["umount", "-l", str(self.data)], check=False)


def free_ports(names: tuple[str, ...]) -> dict[str, int]:
    """Ports of loopback that nobody uses for TCP or UDP, one for each name, below those that clients are given."""
    dice, found = random.Random(), set[int]()
    while len(found) < len(names):
        port = dice.randrange(20000, 32000)
        if is_free(port, socket.SOCK_STREAM) and is_free(port, socket.SOCK_DGRAM):
            found.add(port)
    return dict(zip(names, sorted(found), strict=True))


def is_free(port: int, kind: socket.SocketKind) -> bool:
    """Whether a port of loopback can be bound now."""
    with socket.socket(socket.AF_INET, kind) as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


async def set_up(case: Case, service: Service, *, prometheus: Prometheus, upstream: Path, home: Path) -> Stage:
    """Start upstream, service and scrape target (load starts with the record)."""
    shutil.rmtree(home, ignore_errors=True)
    (home / "data").mkdir(parents=True)
    if case.small_disk:
        mount_small(home / "data")
    ports = free_ports(("service", "control", "http", "tls", "dns", "store"))
    stub = await asyncio.create_subprocess_exec(str(upstream), env={**os.environ, **upstream_env(ports, home)})
    env = service_env(case, service, ports=ports, home=home)
    supervisor = Supervisor(
        name=service.label, command=limited(case, service.command()), env=env, log_path=home / "app.log",
        style=case.seed % 3, limit_mb=case.memory_limit_mb,
    )  # fmt: skip
    write_config(home, service.spec.get("config", {}))
    load = Load(ports["service"], service.spec["routes"], case.rps, wave=case.wave, wave_s=case.wave_s, seed=case.seed)
    stage = Stage(case, service, prometheus, home, ports, supervisor, stub, load)
    await asyncio.sleep(0.5)
    await supervisor.start()
    if not await stage.ready():
        await stage.strike()
        raise LabError(f"{case.name}: the service does not answer; see {home / 'app.log'}")
    stage.tasks.append(asyncio.create_task(supervisor.keep()))
    prometheus.target(case.name, case.scrape_s, job=service.label, port=ports["service"])
    return stage


def limited(case: Case, command: list[str]) -> list[str]:
    """The command under the case's limit of open files (util-linux prlimit)."""
    return ["prlimit", f"--nofile={case.open_files_limit}", *command] if case.open_files_limit else command


def upstream_env(ports: dict[str, int], home: Path) -> dict[str, str]:
    """Addresses of the stub upstream."""
    listen = {f"UPSTREAM_{k.upper()}": f"127.0.0.1:{v}" for k, v in ports.items() if k != "service"}
    return {**listen, "UPSTREAM_CA": str(home / "ca.pem")}


def service_env(case: Case, service: Service, *, ports: dict[str, int], home: Path) -> dict[str, str]:
    """The environment that the control contract promises to a service."""
    upstream = service.spec.get("upstream_tls" if case.tls else "upstream", "http://127.0.0.1:{http}")
    return {
        "LAB_PORT": str(ports["service"]), "LAB_SEED": str(case.seed), "LAB_UPSTREAM": upstream.format(**ports),
        "LAB_STORE": f"127.0.0.1:{ports['store']}", "LAB_DNS": f"127.0.0.1:{ports['dns']}",
        "LAB_CA": str(home / "ca.pem"),
        "LAB_DB": str(home / "data" / service.spec.get("database", "lab.db")), "LAB_DATA": str(home / "data"),
        "LAB_CONFIG": str(home / "config.json"), **case.env,
    }  # fmt: skip


def write_config(home: Path, values: dict[str, Any]) -> None:
    """The configuration file of the service."""
    (home / "config.json").write_text(json.dumps(values, indent=1), encoding="utf-8")


def mount_small(folder: Path) -> None:
    """A file system of a few megabytes, so that it can be full without harm."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "lab", str(folder)]
    if subprocess.run(command, check=False).returncode:
        raise LabError(f"cannot mount a small file system on {folder}: run as root, or leave out cases with small_disk")
