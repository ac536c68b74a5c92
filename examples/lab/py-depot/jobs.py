"""Background work: the periodic job, free space, and a watch over workers that do not come back."""

from __future__ import annotations

import logging
import os
import random
import sys
import time
import traceback
from typing import Any

from dials import Dials
from pool import Pool
from rules import Rules
from settings import Settings
from style import Style
from telemetry import Telemetry
from web import Web

log = logging.getLogger("depot.jobs")


class Jobs:
    """Runs on the main thread: what is raised here ends the process."""

    def __init__(self, style: Style, settings: Settings, *, pool: Pool, rules: Rules, dials: Dials,
                 telemetry: Telemetry, web: Web) -> None:  # fmt: skip
        self._style, self._settings, self._pool, self._rules = style, settings, pool, rules
        self._dials, self._telemetry, self._web = dials, telemetry, web
        self._born = self._last_job = time.time()
        self._dumped: dict[int, float] = {}

    def loop(self) -> None:
        """Tick every second for ever."""
        while True:
            time.sleep(1)
            self._rules.collect_batch()
            self._space()
            self._watch()
            crashing = self._dials.level("crash")
            if crashing and time.time() - self._born > 4 + random.random() * 8 / crashing:
                self.run_manifest({"limit": None})
            if time.time() - self._last_job > self._settings.number("job.every_s"):
                self._last_job = time.time()
                self._run_safely()

    def _run_safely(self) -> None:
        try:
            self.run_manifest({"limit": 400})
        except Exception:
            log.exception("manifest job failed")

    def run_manifest(self, page: dict[str, Any]) -> None:
        """The periodic job: a second of modest work."""
        start, total = time.perf_counter(), 0.0
        with self._pool.connection() as db:
            rows = db.execute("SELECT * FROM parcel").fetchall()
        for row in rows[: page["limit"] + 0]:
            total += sum(float(row[0]) ** 0.5 for _ in range(600))
        log.info(self._style.messages["job"], len(rows), time.perf_counter() - start)

    def _space(self) -> None:
        volume = os.statvfs(self._settings.data)
        self._telemetry.disk_free.set(volume.f_bavail * volume.f_frsize)
        self._telemetry.disk_size.set(volume.f_blocks * volume.f_frsize)

    def _watch(self) -> None:
        """Write the stack of workers that hang, two at a time and each once a minute."""
        now, frames = time.time(), sys._current_frames()
        stuck = [(ident, since) for ident, since in list(self._web.at_work.items()) if now - since > 20]
        for ident, since in stuck[:2]:
            if self._dumped.get(ident, 0) < now - 60 and ident in frames:
                self._dumped[ident] = now
                stack = "".join(traceback.format_stack(frames[ident])[-4:]).rstrip()
                log.critical("WORKER TIMEOUT thread %d busy %.0fs, %d so\n%s", ident, now - since, len(stuck), stack)
