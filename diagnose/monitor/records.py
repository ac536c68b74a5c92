"""What became of an order, as it is kept beside its report."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

import msgspec

from diagnose.monitor.orders import Order


class State(StrEnum):
    """Where an order stands; an interrupted one may be ordered again."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Record(msgspec.Struct, frozen=True):
    """An order with its folder's name, and what became of it; times are Unix seconds."""

    id: str
    order: Order
    state: State
    received: float
    began: float | None = None
    ended: float | None = None
    why: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """How a run ended, and why when it left no report."""

    state: State
    why: str = ""


def record(order: Order, *, now: float) -> Record:
    """A new order; the same one has the same name, whoever receives it and whenever."""
    told = "\n".join((order.key, *sorted(order.alerts)))
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", order.name)[:60].strip("-.") or "incident"
    moment = datetime.fromtimestamp(order.at, UTC)
    return Record(f"{moment:%Y%m%dT%H%M%SZ}-{name}-{sha256(told.encode()).hexdigest()[:8]}", order, State.QUEUED, now)
