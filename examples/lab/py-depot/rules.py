"""The rules of the business, and what can be wrong in their code; every flaw is inert until its dial is turned."""

from __future__ import annotations

import functools
import gc
import hashlib
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dials import Dials

_PATTERN = r"(\w+)-(\d{2,5})(?:[a-f]|x{2,3})*"
_WORDS = [f"word{i % 97}-{i}" for i in range(300)]


class Rules:
    """What happens to a request besides reading and writing rows."""

    def __init__(self, dials: Dials, data: Path) -> None:
        self._dials, self._data = dials, data
        self._seen: dict[str, Any] = {}
        self._listeners: list[Callable[[], int]] = []
        self._files: list[Any] = []
        self._index: list[list[int]] = []
        self._totals, self._stock, self._ledger = threading.Lock(), threading.Lock(), threading.Lock()

    def remember_parcel(self, key: str) -> None:
        """Note that this one was asked for."""
        size = int(100_000 * self._dials.level("grow_map"))
        if size:
            self._seen[f"{key}-{time.time_ns()}"] = b"s" * size
        size = int(100_000 * self._dials.level("grow_memo"))
        if size:
            page(f"{key}-{time.time_ns()}", size)

    def remember_listener(self) -> None:
        """Tell the view when something changes."""
        size = int(100_000 * self._dials.level("grow_listeners"))
        if size:
            payload = b"l" * size
            self._listeners.append(lambda: len(payload))

    def collect_batch(self) -> None:
        """Load the next part of the batch."""
        size = int(6_000_000 * self._dials.level("grow_batch"))
        if size:
            self._seen[f"batch-{time.time_ns()}"] = b"b" * size

    def read_template(self) -> str:
        """The text of the template."""
        handle = (self._data / "manifest.tmpl").open()
        text = handle.read()
        if self._dials.hits("files_open"):
            self._files.append(handle)
        else:
            handle.close()
        return text

    def score(self) -> None:
        """Score what was found, and tidy up."""
        for kind in ("cpu_regex", "cpu_quadratic", "cpu_hash"):
            budget = 0.09 * self._dials.level(kind)
            if budget:
                score_mass(kind, budget)
        level = self._dials.level("gc_each")
        if level:
            if not self._index:
                self._index = [[i] for i in range(int(1_200_000 * level))]
            gc.collect()

    def update_totals(self) -> None:
        """Bring the totals up to date."""
        level = self._dials.level("lock_wide")
        if level:
            with self._totals:
                time.sleep(0.11 * level)

    def reserve_stock(self) -> None:
        """Stock, then ledger."""
        if self._dials.level("lock_order"):
            with self._stock:
                time.sleep(0.03)
                with self._ledger:
                    pass

    def release_stock(self) -> None:
        """Ledger, then stock."""
        if self._dials.level("lock_order"):
            with self._ledger:
                time.sleep(0.03)
                with self._stock:
                    pass

    def format_owner(self, row: tuple[Any, ...]) -> str:
        """Who owns a row."""
        if self._dials.hits("bug_none"):
            owner: Any = {"id": row[0]}.get("owner")
            return str(owner.name)
        if self._dials.hits("bug_key"):
            return str({"id": row[0]}["currency"])
        if self._dials.hits("bug_value"):
            return str(float(f"{row[1]} kg"))
        return str(row[1])


@functools.cache
def page(_key: str, size: int) -> bytes:
    """The rendered page of a key."""
    return b"m" * size


def score_mass(kind: str, budget_s: float) -> int:
    """Score all words, over and over for `budget_s` seconds of CPU."""
    start, rounds = time.thread_time(), 0
    while time.thread_time() - start < budget_s:
        rounds += 1
        if kind == "cpu_regex":
            re.purge()
            rounds += len(re.compile(_PATTERN + "|".join(_WORDS[:40])).findall(_WORDS[0]))
        elif kind == "cpu_quadratic":
            rounds += sum(1 for word in _WORDS if word in _WORDS[::-1])
        else:
            rounds += hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 2000)[0]
    return rounds
