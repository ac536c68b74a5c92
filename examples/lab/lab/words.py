"""The lines that supervisors of three kinds write when a process ends and comes back."""

from __future__ import annotations

import signal
import time
from typing import Protocol


class Named(Protocol):
    """What the lines need to know of a supervisor."""

    name: str
    style: int
    limit_mb: float


def exited(who: Named, pid: int, code: int, *, by_oom: bool) -> list[str]:
    """Lines for an end that nobody asked for; `code` is negative for a signal."""
    now = time.gmtime()
    if who.style == 0:
        how = f"terminated by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        return [f"{time.strftime('%Y-%m-%d %H:%M:%S', now)},000 WARN exited: {who.name} ({how}; not expected)"]
    if who.style == 1:
        return systemd_lines(who, pid, code, by_oom=by_oom)
    killed = [f"/srv/run.sh: line 12: {pid:5d} Killed                  ./{who.name}"] if code == -9 else []
    return [*killed, f"/srv/run.sh: {who.name} exited with status {code if code >= 0 else 128 - code}"]


def systemd_lines(who: Named, pid: int, code: int, *, by_oom: bool) -> list[str]:
    """The same as the journal shows it, with the kernel's line when memory was the reason."""
    stamp = time.strftime("%b %d %H:%M:%S", time.gmtime())
    rss = int(who.limit_mb * 1024)
    oom = [
        f"{stamp} node4 kernel: Memory cgroup out of memory: Killed process {pid} ({who.name}) "
        f"total-vm:{rss * 9}kB, anon-rss:{rss}kB, file-rss:9120kB, shmem-rss:0kB, UID:998 oom_score_adj:0",
        f"{stamp} node4 systemd[1]: {who.name}.service: A process of this unit has been killed by the OOM killer.",
    ]
    ended = "code=killed, status=9/KILL" if code == -9 else f"code=exited, status={code}/INVALIDARGUMENT"
    return [*(oom if by_oom else []), f"{stamp} node4 systemd[1]: {who.name}.service: Main process exited, {ended}"]


def restarted(who: Named, count: int) -> list[str]:
    """Lines for the start after such an end, the `count`-th."""
    now = time.gmtime()
    if who.style == 0:
        return [f"{time.strftime('%Y-%m-%d %H:%M:%S', now)},000 INFO spawned: '{who.name}' after an unexpected exit"]
    if who.style == 1:
        stamp = time.strftime("%b %d %H:%M:%S", now)
        return [f"{stamp} node4 systemd[1]: {who.name}.service: Scheduled restart job, restart counter is at {count}."]
    return [f"/srv/run.sh: starting ./{who.name} again"]
