"""The result of a walk: what people and reports are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from diagnose.checks.catalog import Value
from diagnose.checks.finding import Answer, Culprit, Observation
from diagnose.signals.evidence import Gap
from diagnose.signals.window import Window


class Status(StrEnum):
    """How far the evidence carries."""

    DIAGNOSED = "diagnosed"
    HEALTHY = "healthy"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class TellApart:
    """The one observation that would tell the two likeliest causes apart: the question, and why it is open.

    `yes_means` is the one of the two that a yes would speak for.
    """

    first: str
    second: str
    question: str
    gap: Gap
    yes_means: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The cause with its calibrated confidence (0..1), in one sentence a tired person understands."""

    status: Status
    cause: str
    confidence: float
    summary: str
    culprit: Culprit | None = None
    tell_apart: TellApart | None = None


@dataclass(frozen=True, slots=True)
class RankedCause:
    """A cause with the ids of the evidence for and against it."""

    cause: str
    confidence: float
    evidence_for: tuple[str, ...] = ()
    evidence_against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspect:
    """A service or instance; `score` is comparable within one diagnosis."""

    entity: str
    score: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A way that the walk did not take; `causes` are those that a no ruled out with it."""

    answer: Answer
    leads_to: str
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A check that a question asked, with the parameters that the playbook gave it."""

    check: str
    parameters: Mapping[str, Value]

    def names(self, cause: str) -> bool:
        """Whether the check asks for this very cause."""
        return self.parameters.get("cause") == cause


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the walk, its answer and why, the ways not taken, and the checks that were asked."""

    node: str
    question: str
    answer: Answer
    because: str
    evidence: tuple[str, ...] = ()
    answered_by: str = "data"
    not_taken: tuple[Branch, ...] = ()
    tests: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """What to do: `when` is now, next or later; `command` can be copied; `risk` says what it could break.

    `runtime` names the language that the command is for (see `runtimes.Runtime`), empty when it is for any.
    """

    when: str
    what: str
    command: str | None = None
    risk: str = "none"
    runtime: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that a report tells; `remedy` is what removes the cause for good, empty when the playbook has none."""

    service: str
    window: Window
    baseline: Window | None
    onset: float | None
    verdict: Verdict
    causes: tuple[RankedCause, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    path: tuple[Step, ...] = ()
    evidence: tuple[Observation, ...] = ()
    missing: tuple[Gap, ...] = ()
    actions: tuple[Action, ...] = ()
    onset_uncertainty_s: float | None = None
    remedy: str = ""
