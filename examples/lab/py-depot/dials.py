"""Faults that can be switched on while the service runs: a name, a strength, and how fast it creeps in."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """What can be wrong: its name, its cause id, and the words of which any names the culprit."""

    name: str
    cause: str
    culprit: tuple[str, ...]


@dataclass(slots=True)
class Dials:
    """Strength of every fault now. Kept in a file when one is given, so that a restart does not heal the service."""

    faults: tuple[Fault, ...]
    state: Path | None = None
    on: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def level(self, name: str) -> float:
        """0 when off; otherwise the strength, ramped up over the creep time."""
        if name not in self.on:
            return 0.0
        strength, creep_s, since = self.on[name]
        return strength if creep_s <= 0 else strength * min(1.0, (time.time() - since) / creep_s)

    def switch(self, name: str, strength: float, creep_s: float) -> None:
        """Turn one fault on. ValueError when there is none of that name."""
        if name not in {fault.name for fault in self.faults}:
            raise ValueError(f"no fault named {name!r}")
        self.on[name] = (strength, creep_s, time.time())
        self._save()

    def clear(self) -> None:
        """Turn everything off."""
        self.on.clear()
        self._save()

    def listing(self) -> str:
        """The catalogue as JSON."""
        rows = [{"name": f.name, "cause": f.cause, "culprit": list(f.culprit), "forms": f.name} for f in self.faults]
        return json.dumps(rows)

    def _save(self) -> None:
        if self.state:
            self.state.write_text(json.dumps(self.on))


def load(faults: tuple[Fault, ...]) -> Dials:
    """Dials as the environment wants them: LAB_STATE is the file, LAB_FAULTS "name=strength,..." is set from the start."""
    path = os.environ.get("LAB_STATE")
    dials = Dials(faults, Path(path) if path else None)
    if dials.state and dials.state.exists():
        dials.on = {name: tuple(value) for name, value in json.loads(dials.state.read_text()).items()}
    for part in filter(None, os.environ.get("LAB_FAULTS", "").split(",")):
        name, _, strength = part.partition("=")
        dials.on[name] = (float(strength or 1), 0.0, time.time())
    return dials
