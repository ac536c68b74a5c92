"""What the service does for its callers: list, item, quote, submit."""

from __future__ import annotations

import json
import random
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from dials import Dials
from pool import Pool, round_trip
from rules import Rules
from settings import Settings
from telemetry import Telemetry
from upstream import Upstream

Query = dict[str, str]


class NotFoundError(Exception):
    """There is no such row."""


class Handlers:
    """One method a route."""

    def __init__(self, settings: Settings, *, pool: Pool, upstream: Upstream, rules: Rules, dials: Dials,
                 telemetry: Telemetry) -> None:  # fmt: skip
        self._settings, self._pool, self._upstream = settings, pool, upstream
        self._rules, self._dials, self._telemetry = rules, dials, telemetry
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._cache_lock, self._journal_lock = threading.Lock(), threading.Lock()
        self.routes: dict[str, Callable[[Query], Any]] = {
            "/parcel": self.list_parcel, "/parcel/item": self.find_parcel,
            "/routing/quote": self.quote_routing, "/parcel/submit": self.submit_parcel,
        }  # fmt: skip

    def list_parcel(self, query: Query) -> Any:
        """A page of rows."""
        with self._pool.connection() as db:
            round_trip(0.006 + 2.0 * self._dials.level("pool_slow"))
            start = int(query.get("from", "1")) % 380
            rows = db.execute("SELECT * FROM parcel WHERE id > ? LIMIT 20", (start,)).fetchall()
        self._rules.score()
        self._rules.update_totals()
        self._rules.release_stock()
        return rows

    def find_parcel(self, query: Query) -> Any:
        """One row, through the cache."""
        key = query.get("id", "1")
        with self._cache_lock:
            cached = self._cache.get(key)
        self._rules.remember_parcel(key)
        self._rules.remember_listener()
        self._rules.read_template()
        self._rules.update_totals()
        if cached is not None:
            return {"id": key, "cached": len(cached)}
        with self._pool.connection() as db:
            round_trip(0.004)
            row = db.execute("SELECT * FROM parcel WHERE id = ?", (int(key) % 403,)).fetchone()
        if row is None:
            raise NotFoundError(f"no parcel {key}")
        bad = int(self._settings.number("known_bad"))
        if (bad and row[0] % bad == 0) or self._dials.hits("trickle", 0.05):
            raise ValueError(f"parcel {row[0]} has no mass")
        text = self._rules.format_owner(row)
        self._keep(key)
        return {"id": key, "name": text}

    def _keep(self, key: str) -> None:
        with self._cache_lock:
            self._cache[key] = random.randbytes(int(1024 * self._settings.number("cache.value_kb")))
            while len(self._cache) > self._settings.number("cache.entries"):
                self._cache.popitem(last=False)
            self._telemetry.cache_entries.set(len(self._cache))

    def quote_routing(self, query: Query) -> Any:
        """Ask the upstream."""
        return {"bytes": len(self._upstream.call(query.get("id", "1")))}

    def submit_parcel(self, query: Query) -> Any:
        """Write a row and a line of the journal."""
        self._rules.reserve_stock()
        with self._pool.connection(keep=self._dials.hits("pool_leak", 0.35)) as db:
            round_trip(0.008)
            db.execute("UPDATE parcel SET mass = ? WHERE id = ?", (random.random(), int(query.get("id", "1")) % 400))
        with self._journal_lock, (self._settings.data / "manifest.journal").open("a") as journal:
            journal.write(json.dumps({"id": query.get("id"), "pad": "x" * 400}) + "\n")
        return {"ok": True}
