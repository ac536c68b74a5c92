"""One step that was tried, before it is dated and masked."""

from __future__ import annotations

from dataclasses import dataclass

from diagnose.signals.probes import Step

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of a step: `held` is None where it could not be tried, `reason` one word for how it failed."""

    step: Step
    target: str
    held: bool | None
    said: str
    command: str
    reason: str = ""
