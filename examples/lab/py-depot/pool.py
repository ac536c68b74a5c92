"""A small connection pool over sqlite: bounded, with gauges, and with a time-out as pools have."""

from __future__ import annotations

import contextlib
import queue
import random
import sqlite3
import time
from collections.abc import Iterator

from names import Names
from telemetry import Telemetry


class PoolTimeout(Exception):
    """No connection became free in time."""


class Pool:
    """At most `size` connections; `resize` takes effect as connections come back."""

    def __init__(self, path: str, size: int, *, names: Names, telemetry: Telemetry) -> None:
        self._path, self._names, self._telemetry = path, names, telemetry
        self._free: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self.size, self.timeout_s = size, 2.0
        self._surplus = 0
        telemetry.pool_size.set(size)
        for _ in range(size):
            self._free.put(self._connect())

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False, timeout=5, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        return connection

    def resize(self, size: int) -> None:
        """Let the pool grow or shrink."""
        for _ in range(size - self.size):
            self._free.put(self._connect())
        self._surplus += max(0, self.size - size)
        self.size = size
        self._telemetry.pool_size.set(size)

    def take(self) -> sqlite3.Connection:
        """A connection, or PoolTimeout."""
        start = time.perf_counter()
        self._telemetry.pool_waiting.inc()
        try:
            connection = self._free.get(timeout=self.timeout_s)
        except queue.Empty:
            taken = self.size - self._free.qsize()
            raise PoolTimeout(self._names.messages["pool"] % (self.timeout_s, self.size, taken)) from None
        finally:
            self._telemetry.pool_waiting.dec()
            self._telemetry.pool_wait.observe(time.perf_counter() - start)
        self._telemetry.pool_in_use.inc()
        return connection

    def give(self, connection: sqlite3.Connection) -> None:
        """Hand a connection back."""
        self._telemetry.pool_in_use.dec()
        if self._surplus > 0:
            self._surplus -= 1
            connection.close()
        else:
            self._free.put(connection)

    @contextlib.contextmanager
    def connection(self, *, keep: bool = False) -> Iterator[sqlite3.Connection]:
        """Borrow one; `keep` forgets to give it back."""
        connection = self.take()
        try:
            yield connection
        finally:
            if not keep:
                self.give(connection)


def round_trip(median_s: float) -> None:
    """Stand-in for the network between service and database."""
    time.sleep(min(median_s * random.lognormvariate(0, 0.5), median_s * 20))


def prepare(path: str, names: Names) -> None:
    """Create the table with a few hundred rows when it is not there."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(f"CREATE TABLE IF NOT EXISTS {names.things} (id INTEGER PRIMARY KEY, name TEXT, {names.column} REAL)")
        if not db.execute(f"SELECT count(*) FROM {names.things}").fetchone()[0]:
            rows = [(f"{names.thing}-{i}", i * 1.5) for i in range(400)]
            db.executemany(f"INSERT INTO {names.things} (name, {names.column}) VALUES (?, ?)", rows)
        db.commit()
