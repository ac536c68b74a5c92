"""The rules of the business, and what can be wrong in their code; every flaw is inert until its dial is turned."""

from __future__ import annotations

import functools
import gc
import hashlib
import random
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dials import Dials, Fault
from names import Names, renamed


def catalogue(names: Names) -> tuple[Fault, ...]:
    """The faults of this service with the words that name their culprits."""
    f = names.functions()
    memory = (f["grow"], f"/{names.things}/item", "process_resident_memory", f["item"])
    upstream = (names.upstream, names.upstream_host)
    pool = ("pool", "connection", f["submit"], f["list"])
    return (
        Fault("grow_map", "memory-leak", memory), Fault("grow_memo", "memory-leak", memory),
        Fault("grow_listeners", "memory-leak", memory), Fault("grow_batch", "oom-kill", memory),
        Fault("files_open", "fd-leak", (f["open"], "Too many open files", "process_open_fds", names.job)),
        Fault("sockets_unread", "connection-leak", upstream), Fault("client_per_call", "connection-leak", upstream),
        Fault("cpu_regex", "cpu-hotspot", (f["hot"], f"/{names.things}", "process_cpu")),
        Fault("cpu_quadratic", "cpu-hotspot", (f["hot"], f"/{names.things}", "process_cpu")),
        Fault("cpu_hash", "cpu-hotspot", (f["hot"], f"/{names.things}", "process_cpu")),
        Fault("gc_each", "gc-pressure", ("python_gc", f["list"])),
        Fault("lock_wide", "lock-contention", (f["lock"], "lock")),
        Fault("lock_order", "deadlock", (f["order_a"], f["order_b"], "deadlock", "lock")),
        Fault("pool_leak", "db-pool-exhaustion", pool), Fault("pool_slow", "db-pool-exhaustion", pool),
        Fault("bug_none", "application-error", (f["bug"], "AttributeError", "NoneType")),
        Fault("bug_key", "application-error", (f["bug"], "KeyError")),
        Fault("bug_value", "application-error", (f["bug"], "ValueError")),
        Fault("crash", "crash-loop", (f["job"], names.job)),
        Fault("name_gone", "dns-failure", upstream), Fault("metrics_broken", "monitoring-gap", ("/metrics", "scrape")),
        Fault("metrics_hang", "monitoring-gap", ("/metrics", "scrape")),
    )


class Rules:
    """The flawed functions under this seed's names."""

    def __init__(self, names: Names, dials: Dials, data: Path) -> None:
        self._names, self._dials, self._data = names, dials, data
        self._kept: dict[str, Any] = {}
        self._listeners: list[Callable[[], int]] = []
        self._files: list[Any] = []
        self._ballast: list[list[int]] = []
        self._totals, self._stock, self._ledger = threading.Lock(), threading.Lock(), threading.Lock()
        f = names.functions()
        self._memo = functools.cache(renamed(lambda _key, size: b"m" * size, f["grow"]))
        self.hot = renamed(_hot, f["hot"])
        self._bug = renamed(_bug, f["bug"])
        for attribute, role in (("open_template", "open"), ("total", "lock"), ("reserve", "order_a"),
                                ("release", "order_b")):
            renamed(getattr(type(self), attribute), f[role])

    def grow(self, key: str) -> None:
        """Keep something for ever, in one of three ways."""
        size = int(100_000 * self._dials.level("grow_map"))
        if size:
            self._kept[f"{key}-{time.time_ns()}"] = b"s" * size
        size = int(100_000 * self._dials.level("grow_memo"))
        if size:
            self._memo(f"{key}-{time.time_ns()}", size)
        size = int(100_000 * self._dials.level("grow_listeners"))
        if size:
            payload = b"l" * size
            self._listeners.append(lambda: len(payload))

    def grow_batch(self) -> None:
        """Load a whole batch at once and keep it; called by the background job."""
        size = int(6_000_000 * self._dials.level("grow_batch"))
        if size:
            self._kept[f"batch-{time.time_ns()}"] = b"b" * size

    def open_template(self) -> str:
        """Read a file; sometimes nobody closes it."""
        path = self._data / f"{self._names.job}.tmpl"
        handle = path.open()
        text = handle.read()
        if random.random() < self._dials.level("files_open"):
            self._files.append(handle)
        else:
            handle.close()
        return text

    def busy(self) -> None:
        """Spend CPU in the hot function while a CPU dial is turned; collect garbage while that dial is."""
        for kind in ("cpu_regex", "cpu_quadratic", "cpu_hash"):
            budget = 0.09 * self._dials.level(kind)
            if budget:
                self.hot(kind, budget)
        level = self._dials.level("gc_each")
        if level:
            if not self._ballast:
                self._ballast = [[i] for i in range(int(1_200_000 * level))]
            gc.collect()

    def total(self) -> None:
        """Hold one lock over slow work."""
        level = self._dials.level("lock_wide")
        if level:
            with self._totals:
                time.sleep(0.11 * level)

    def reserve(self) -> None:
        """Stock, then ledger."""
        if self._dials.level("lock_order"):
            with self._stock:
                time.sleep(0.03)
                with self._ledger:
                    pass

    def release(self) -> None:
        """Ledger, then stock: the other order."""
        if self._dials.level("lock_order"):
            with self._ledger:
                time.sleep(0.03)
                with self._stock:
                    pass

    def bug(self, row: tuple[Any, ...]) -> str:
        """Format a row; wrong for as many rows as the dial says."""
        for kind in ("bug_none", "bug_key", "bug_value"):
            if random.random() < self._dials.level(kind):
                return self._bug(kind, row)
        return str(row[1])


def _hot(kind: str, budget: float) -> int:
    start, rounds = time.thread_time(), 0
    words = [f"word{i % 97}-{i}" for i in range(300)]
    while time.thread_time() - start < budget:
        rounds += 1
        if kind == "cpu_regex":
            re.purge()
            rounds += len(re.compile(r"(\w+)-(\d{2,5})(?:[a-f]|x{2,3})*" + "|".join(words[:40])).findall(words[0]))
        elif kind == "cpu_quadratic":
            rounds += sum(1 for word in words if word in words[::-1])
        else:
            rounds += hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 2000)[0]
    return rounds


def _bug(kind: str, row: tuple[Any, ...]) -> str:
    if kind == "bug_none":
        owner: Any = {"id": row[0]}.get("owner")
        return str(owner.name)
    if kind == "bug_key":
        return str({"id": row[0]}["currency"])
    return str(float(f"{row[1]} kg"))
