"""What the service does for its callers: list, item, quote, submit."""

from __future__ import annotations

import json
import random
import threading
from collections import OrderedDict
from typing import Any

from dials import Dials
from rules import Rules
from names import Names, renamed
from pool import Pool, round_trip
from settings import Settings
from telemetry import Telemetry
from upstream import Upstream


class NotFound(Exception):
    """There is no such row."""


class Handlers:
    """One method a route."""

    def __init__(self, names: Names, settings: Settings, *, pool: Pool, upstream: Upstream, rules: Rules,
                 dials: Dials, telemetry: Telemetry) -> None:
        self._names, self._settings, self._pool, self._upstream = names, settings, pool, upstream
        self._rules, self._dials, self._telemetry = rules, dials, telemetry
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._cache_lock, self._journal_lock = threading.Lock(), threading.Lock()
        for role, name in names.functions().items():
            if hasattr(type(self), role):
                renamed(getattr(type(self), role), name)

    def route(self, path: str) -> str | None:
        """The role that serves a path."""
        return next((role for role, prefix in self._names.routes().items() if prefix == path), None)

    def list(self, query: dict[str, str]) -> Any:
        """A page of rows."""
        with self._pool.connection() as db:
            round_trip(0.006 + 2.0 * self._dials.level("pool_slow"))
            rows = db.execute(f"SELECT * FROM {self._names.things} WHERE id > ? LIMIT 20",
                              (int(query.get("id", "1")) % 380,)).fetchall()
        self._rules.busy()
        self._rules.total()
        self._rules.release()
        return rows

    def item(self, query: dict[str, str]) -> Any:
        """One row, through the cache."""
        key = query.get("id", "1")
        with self._cache_lock:
            cached = self._cache.get(key)
        self._rules.grow(key)
        self._rules.open_template()
        self._rules.total()
        if cached is not None:
            return {"id": key, "cached": len(cached)}
        with self._pool.connection() as db:
            round_trip(0.004)
            row = db.execute(f"SELECT * FROM {self._names.things} WHERE id = ?", (int(key) % 420,)).fetchone()
        if row is None:
            raise NotFound(f"no {self._names.thing} {key}")
        bad = int(self._settings.number("known_bad"))
        if bad and row[0] % bad == 0:
            raise ValueError(f"{self._names.thing} {row[0]} has no {self._names.column}")
        text = self._rules.bug(row)
        self._remember(key)
        return {"id": key, "name": text}

    def _remember(self, key: str) -> None:
        with self._cache_lock:
            self._cache[key] = random.randbytes(int(1024 * self._settings.number("cache.value_kb")))
            while len(self._cache) > self._settings.number("cache.entries"):
                self._cache.popitem(last=False)
            self._telemetry.cache_entries.set(len(self._cache))

    def quote(self, query: dict[str, str]) -> Any:
        """Ask the upstream."""
        body = self._upstream.call(query.get("id", "1"))
        return {"bytes": len(body)}

    def submit(self, query: dict[str, str]) -> Any:
        """Write a row and a line of the journal."""
        self._rules.reserve()
        keep = random.random() < 0.35 * self._dials.level("pool_leak")
        with self._pool.connection(keep=keep) as db:
            round_trip(0.008)
            db.execute(f"UPDATE {self._names.things} SET {self._names.column} = ? WHERE id = ?",
                       (random.random(), int(query.get("id", "1")) % 400))
        with self._journal_lock, (self._settings.data / f"{self._names.job}.journal").open("a") as journal:
            journal.write(json.dumps({"id": query.get("id"), "pad": "x" * 400}) + "\n")
        return {"ok": True}
