"""A small connection pool over sqlite: bounded, with gauges, and with a time-out as pools have."""

from __future__ import annotations

import contextlib
import queue
import random
import sqlite3
import time
from collections.abc import Iterator

from settings import Settings
from style import Style
from telemetry import Telemetry


class PoolTimeoutError(Exception):
    """No connection became free in time."""


class Pool:
    """As many connections as the settings say; `resize` takes effect as connections come back."""

    def __init__(self, style: Style, settings: Settings, telemetry: Telemetry) -> None:
        self._style, self._settings, self._telemetry = style, settings, telemetry
        self._free: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self.size = self._surplus = 0
        self.resize()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._settings.database, check_same_thread=False, timeout=5, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        return connection

    def resize(self) -> None:
        """Let the pool grow or shrink to what the settings say."""
        size = int(self._settings.number("pool.size"))
        for _ in range(size - self.size):
            self._free.put(self._connect())
        self._surplus += max(0, self.size - size)
        self.size = size
        self._telemetry.pool_size.set(size)

    def take(self) -> sqlite3.Connection:
        """A connection, or PoolTimeoutError."""
        start, patience = time.perf_counter(), self._settings.number("pool.timeout_s")
        self._telemetry.pool_waiting.inc()
        try:
            connection = self._free.get(timeout=patience)
        except queue.Empty:
            taken = self.size - self._free.qsize()
            raise PoolTimeoutError(self._style.messages["pool"] % (patience, self.size, taken)) from None
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


def prepare(path: str) -> None:
    """Create the table with a few hundred rows when it is not there."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE IF NOT EXISTS parcel (id INTEGER PRIMARY KEY, name TEXT, mass REAL)")
        if not db.execute("SELECT count(*) FROM parcel").fetchone()[0]:
            rows = [(f"parcel-{i}", i * 1.5) for i in range(400)]
            db.executemany("INSERT INTO parcel (name, mass) VALUES (?, ?)", rows)
        db.commit()
