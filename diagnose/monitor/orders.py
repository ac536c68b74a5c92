"""An incident that somebody wants diagnosed, and the words of the command line that say so."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from diagnose.monitor.configuration import Sources
from diagnose.signals.window import rfc3339


class Order(msgspec.Struct, frozen=True):
    """What to diagnose: `key` is what it is about, `at` (Unix seconds) when it was first told.

    `alerts` name the alarms that it answers, so that the same ones need not be answered twice. `name` names the folder,
    `title` what people read; `arguments` are those of `diagnose incident`.
    """

    key: str
    name: str
    title: str
    at: float
    alerts: frozenset[str]
    arguments: tuple[str, ...]


def arguments(sources: Sources, *, at: float, select: str = "") -> tuple[str, ...]:
    """The options of `diagnose incident` for these sources around a moment; a value cannot be taken for an option."""
    given = {
        "prometheus": sources.prometheus,
        "metrics": sources.metrics,
        "select": select or sources.select,
        "repo": sources.repo,
        "at": rfc3339(at),
    }
    return (*(f"--{name}={value}" for name, value in given.items() if value), *_several(sources))


def _several(sources: Sources) -> Iterator[str]:
    for name in ("logs", "profiles", "changes", "dependencies"):
        yield from (f"--{name}={place}" for place in getattr(sources, name))
