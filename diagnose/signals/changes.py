"""Changes of the world: deploys, restarts, configuration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was changed at a moment (Unix seconds): `kind` is version, restart, config, deploy or event."""

    at: float
    kind: str
    entity: str
    title: str
    source: str = ""
