"""Everything a rule could lean on by name, drawn from one seed: domain, routes, metrics, functions, messages."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_DOMAINS = (
    # service, thing, things, upstream, job, column
    ("depot", "parcel", "parcels", "routing", "manifest", "weight"),
    ("boxoffice", "ticket", "tickets", "seating", "settlement", "price"),
    ("clinic", "appointment", "appointments", "insurance", "reminder", "duration"),
    ("lending", "loan", "loans", "catalogue", "overdue", "fee"),
    ("press", "article", "articles", "thumbnails", "feed", "words"),
    ("fleet", "vehicle", "vehicles", "geocoder", "odometer", "mileage"),
    ("roastery", "batch", "batches", "supplier", "inventory", "grams"),
)

_LOG_FORMATS = (
    "%(asctime)s %(levelname)s [%(threadName)s] %(name)s: %(message)s",
    "%(asctime)s - %(name)s - %(levelname)s - %(message)s",
    "[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s",
    "%(levelname)s:%(name)s:%(asctime)s: %(message)s",
    "%(asctime)s|%(levelname)-8s|%(name)s|%(message)s",
)

_VERBS = ("load", "fetch", "find", "resolve", "collect")
_WORKS = ("match", "score", "classify", "normalise", "render")
_MESSAGES = {
    "failed": ("%s %s failed: %s", "unhandled error on %s %s: %s", "could not serve %s %s (%s)"),
    "slow": ("slow request: %s %s took %.2fs", "%s %s exceeded the budget: %.2f s", "request %s %s was slow (%.3fs)"),
    "pool": (
        "timed out after %.1fs waiting for a database connection (size %d, in use %d)",
        "QueuePool limit reached, connection timed out, timeout %.2f, size %d, checked out %d",
        "no free database connection within %.1f s: pool of %d, %d taken",
    ),
    "upstream": ("call to %s failed: %s", "%s unavailable: %s", "upstream %s error: %s"),
    "job": ("%s job finished: %d rows in %.2fs", "cron %s: processed=%d seconds=%.2f", "%s run done, %d items, %.2f s"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """One service's vocabulary; the same seed gives the same words."""

    seed: int
    service: str
    thing: str
    things: str
    upstream: str
    job: str
    column: str
    verb: str
    work: str
    log_format: str
    metric_style: int
    access_log: bool
    brief: bool
    messages: dict[str, str]

    @property
    def upstream_host(self) -> str:
        """Name under which the upstream is configured; it exists only in the service's own hosts table."""
        return f"{self.upstream}-{self.service}.internal.invalid"

    def routes(self) -> dict[str, str]:
        """Role of a handler to its path."""
        return {"list": f"/{self.things}", "item": f"/{self.things}/item", "quote": f"/{self.upstream}/quote",
                "submit": f"/{self.things}/submit"}

    def functions(self) -> dict[str, str]:
        """Role of a function to the name that it shows in tracebacks and dumps."""
        return {
            "list": f"list_{self.things}", "item": f"{self.verb}_{self.thing}", "quote": f"quote_{self.upstream}",
            "submit": f"submit_{self.thing}", "hot": f"{self.work}_{self.column}", "grow": f"remember_{self.thing}",
            "open": f"read_{self.job}_template", "lock": f"update_{self.column}_totals", "job": f"run_{self.job}",
            "order_a": f"reserve_{self.thing}", "order_b": f"release_{self.thing}", "bug": f"format_{self.column}",
        }


def draw(seed: int) -> Names:
    """The vocabulary of one seed."""
    rng = random.Random(f"depot-{seed}")
    service, thing, things, upstream, job, column = _DOMAINS[seed % len(_DOMAINS)]
    return Names(
        seed=seed, service=service, thing=thing, things=things, upstream=upstream, job=job, column=column,
        verb=rng.choice(_VERBS), work=rng.choice(_WORKS), log_format=_LOG_FORMATS[seed % len(_LOG_FORMATS)],
        metric_style=seed % 3, access_log=seed % 4 != 3, brief=seed % 2 == 0,
        messages={role: rng.choice(texts) for role, texts in _MESSAGES.items()},
    )


def renamed(function: F, name: str) -> F:
    """The same function under another name, so that tracebacks vary with the seed."""
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_name=name, co_qualname=name)
    function.__name__ = name
    return function
