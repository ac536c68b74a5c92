"""Run a service, restart it when it dies, and write what a supervisor would write into its log."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from . import words


@dataclass(slots=True)
class Supervisor:
    """One process that is kept alive. `limit_mb` kills it when its resident memory goes beyond."""

    name: str
    command: list[str]
    env: dict[str, str]
    log_path: Path
    style: int = 0
    limit_mb: float = 0.0
    exits: list[float] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    wanted: bool = True
    log: IO[bytes] | None = None

    async def start(self) -> None:
        """Start the process once."""
        if self.log is None:
            self.log = self.log_path.open("ab", buffering=0)
        environment = {**os.environ, **self.env}
        self.process = await asyncio.create_subprocess_exec(
            *self.command, env=environment, stdout=self.log, stderr=self.log, cwd=self.log_path.parent
        )

    async def keep(self) -> None:
        """Start again whenever the process ends by itself, until cancelled; early deaths make the pause longer."""
        pause = 1.0
        while True:
            process, began = self.process, time.monotonic()
            if process is None:
                return
            killed = await self.watch(process)
            if process is not self.process or not self.wanted:
                await asyncio.sleep(0.1)
                continue
            self.exits.append(time.time())
            self.say(words.exited(self, process.pid, process.returncode or 0, by_oom=killed))
            pause = min(8.0, pause * 2) if time.monotonic() - began < 5 else 1.0
            await asyncio.sleep(pause)
            await self.start()
            self.say(words.restarted(self, len(self.exits)))

    async def watch(self, process: asyncio.subprocess.Process) -> bool:
        """Wait for the end; True when the memory limit was the reason."""
        waiting = asyncio.ensure_future(process.wait())
        while not waiting.done():
            await asyncio.wait([waiting], timeout=0.25 if self.limit_mb else 5.0)
            if self.limit_mb and not waiting.done() and resident_mb(process.pid) > self.limit_mb:
                process.kill()
                await waiting
                return True
        return False

    async def restart(self, env: dict[str, str]) -> None:
        """Stop politely and start with a changed environment."""
        self.wanted = False
        await self.stop_process()
        self.env = {**self.env, **env}
        await self.start()
        self.wanted = True

    async def stop_process(self) -> None:
        """SIGTERM, and SIGKILL after three seconds."""
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 3)
        except TimeoutError:
            process.kill()
            await process.wait()

    def hang_up(self) -> None:
        """Ask the process to read its configuration again."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGHUP)

    def say(self, lines: list[str]) -> None:
        """Write supervisor lines into the log."""
        if self.log is not None and lines:
            self.log.write(("\n".join(lines) + "\n").encode())


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MiB, 0 when it is gone (Linux /proc)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
