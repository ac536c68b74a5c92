"""The desk where orders arrive: each is diagnosed once, a few at a time, and no more wait than there are places."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from msgspec.structs import replace

from diagnose.errors import DiagnoseError
from diagnose.monitor.archive import Archive
from diagnose.monitor.orders import Order
from diagnose.monitor.records import Outcome, Record, State, record
from diagnose.report.text import line

Run = Callable[[tuple[str, ...], Path, threading.Event], Outcome]
Clock = Callable[[], float]
_LOG = logging.getLogger(__name__)


class Taken(StrEnum):
    """What became of a notification or of its order; full and unsaved ones are to be sent again later."""

    QUEUED = "queued"
    KNOWN = "known"
    RESOLVED = "resolved"
    FULL = "full"
    UNSAVED = "unsaved"
    REFUSED = "refused"


@dataclass(slots=True)
class Desk:
    """Takes orders from any thread. `run` diagnoses; `ended` is told of each order that was worked off.

    An order whose alerts were all answered is known, and so is one on what an order within `cooldown_s` was about. Of
    the incidents that were worked off the last `keep` are kept.
    """

    archive: Archive
    run: Run
    ended: Callable[[Record], None]
    places: int = 20
    cooldown_s: float = 1800.0
    keep: int = 500
    clock: Clock = time.time
    _records: dict[str, Record] = field(init=False, default_factory=dict)
    _waiting: queue.Queue[str | None] = field(init=False, default_factory=queue.Queue)
    _threads: list[threading.Thread] = field(init=False, default_factory=list)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    _closed: threading.Event = field(init=False, default_factory=threading.Event)
    _halt: threading.Event = field(init=False, default_factory=threading.Event)

    def open(self, at_once: int = 1) -> None:
        """Begin to work, with the orders that an earlier desk left; one that it was working on is interrupted."""
        for kept in self.archive.records():
            self._records[kept.id] = kept
            if kept.state is State.QUEUED:
                self._waiting.put(kept.id)
            elif kept.state is State.RUNNING:
                self._keep(replace(kept, state=State.INTERRUPTED, why="interrupted: diagnose ended"))
        self._threads = [threading.Thread(target=self._work, name=f"desk-{n}", daemon=True) for n in range(at_once)]
        for thread in self._threads:
            thread.start()

    def submit(self, order: Order) -> tuple[Taken, str]:
        """Take an order, and give the name of its incident, or of the one that answers it already."""
        with self._lock:
            if known := self._known(order):
                return Taken.KNOWN, known.id
            if self.full:
                return Taken.FULL, ""
            new = record(order, now=self.clock())
            self._keep(new)
            self._waiting.put(new.id)
            return Taken.QUEUED, new.id

    def close(self, grace_s: float) -> None:
        """Stop: what waits is kept for the next desk, what runs may end within the grace, then it is interrupted."""
        self._closed.set()
        for _ in self._threads:
            self._waiting.put(None)
        until = time.monotonic() + grace_s
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0.0))
        self._halt.set()
        for thread in self._threads:
            thread.join()

    @property
    def waiting(self) -> int:
        """How many orders wait."""
        return sum(each.state is State.QUEUED for each in tuple(self._records.values()))

    @property
    def running(self) -> int:
        """How many orders are worked on."""
        return sum(each.state is State.RUNNING for each in tuple(self._records.values()))

    @property
    def full(self) -> bool:
        """Whether no order is taken now."""
        return self._closed.is_set() or self.waiting >= self.places

    def _known(self, order: Order) -> Record | None:
        answered = [each for each in self._records.values() if each.state is not State.INTERRUPTED]
        same = [each for each in answered if each.order.key == order.key]
        recent = [each for each in same if self.clock() - each.received < self.cooldown_s]
        if recent:
            return recent[-1]
        lasting = [each for each in same if each.state is not State.FAILED]
        seen = frozenset[str]().union(*(each.order.alerts for each in lasting))
        return lasting[-1] if lasting and order.alerts <= seen else None

    def _keep(self, kept: Record) -> None:
        """On disk first: what could not be kept there is not known either, and is taken when it is sent again."""
        self.archive.save(kept)
        self._records[kept.id] = kept

    def _work(self) -> None:
        while (name := self._waiting.get()) is not None and not self._closed.is_set():
            begun = replace(self._records[name], state=State.RUNNING, began=self.clock())
            ended = self._worked(begun)
            with self._lock:
                self._records[name] = ended
                self._forget()
            self._tell(ended)

    def _forget(self) -> None:
        """Remove the oldest incidents beyond those that are kept."""
        over = [each for each in self._records.values() if each.state not in {State.QUEUED, State.RUNNING}]
        over.sort(key=lambda each: each.received)
        for each in over[: -self.keep]:
            del self._records[each.id]
            self.archive.remove(each.id)

    def _tell(self, ended: Record) -> None:
        """Say that an order was worked off; who listens must not end the desk."""
        try:
            self.ended(ended)
        except Exception:  # noqa: BLE001 - it is told, and the desk goes on
            _LOG.exception("what became of %s could not be told", ended.id)

    def _worked(self, begun: Record) -> Record:
        """The record of a finished order; whatever goes wrong ends this order, not the desk."""
        try:
            with self._lock:
                self._keep(begun)
            done = self.run(begun.order.arguments, self.archive.place(begun.id), self._halt)
            ended = replace(begun, state=done.state, why=done.why, ended=self.clock())
            self.archive.save(ended)
        except Exception as error:  # noqa: BLE001 - it is told, and the desk goes on
            _LOG.exception("%s could not be diagnosed", begun.id)
            ended = replace(begun, state=State.FAILED, why=line(f"{type(error).__name__}: {error}"), ended=self.clock())
            with suppress(DiagnoseError):
                self.archive.save(ended)
        return ended
