"""Faults that can be switched on while the service runs: a name, a strength, and how fast it creeps in."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """What can be wrong: its name, its cause id, the words of which any names the culprit, and its form."""

    name: str
    cause: str
    culprit: tuple[str, ...]
    forms: str


@dataclass(slots=True)
class Dials:
    """Strength of every fault now."""

    faults: tuple[Fault, ...]
    on: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def level(self, name: str) -> float:
        """0 when off; otherwise the strength, ramped up over the creep time."""
        if name not in self.on:
            return 0.0
        strength, creep_s, since = self.on[name]
        return strength if creep_s <= 0 else strength * min(1.0, (time.time() - since) / creep_s)

    def hits(self, name: str, share: float = 1.0) -> bool:
        """True as often as the strength says, times `share`."""
        return random.random() < share * self.level(name)

    def switch(self, name: str, strength: float, creep_s: float) -> bool:
        """Turn one fault on; False when there is none of that name."""
        known = name in {fault.name for fault in self.faults}
        if known:
            self.on[name] = (strength, creep_s, time.time())
        return known

    def listing(self) -> str:
        """The catalogue as JSON."""
        return json.dumps([
            {"name": f.name, "cause": f.cause, "culprit": list(f.culprit), "forms": f.forms} for f in self.faults
        ])  # fmt: skip
