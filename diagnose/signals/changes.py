"""Changes of the world: deploys, restarts, configuration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was changed at a moment (Unix seconds).

    `kind` is version, restart, config, deploy, commit or event; `source` repeats it (a command or query) or names where
    it was read; `reason` is the word that a cluster gives an event, such as BackOff.
    """

    at: float
    kind: str
    entity: str
    title: str
    source: str = ""
    reason: str = ""
