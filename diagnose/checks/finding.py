"""What a check says of the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.window import Window


class Answer(StrEnum):
    """Three-valued: what is not known is neither yes nor no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Culprit:
    """What to open or call: `kind` is function, log-pattern, dependency, endpoint, version, resource or service."""

    kind: str
    name: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One piece of evidence with its numbers in base units and the command or query that repeats it.

    `ref` names what a chart would draw: the key of a measure, a log pattern's id, or a profile's index.
    """

    id: str
    signal: Signal
    title: str
    at: float | None
    window: Window
    baseline: float | None
    observed: float | None
    unit: str
    strength: float
    reproduce: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer with how strongly it holds (0..1), one sentence with the numbers, and what it rests on.

    `weights` says how much this answer speaks for (positive) or against (negative) causes, in log-odds; `alike` are
    the causes that would have shown the same to this check, so that others must tell them apart; `check` is the
    question's key, filled in by whoever asked.
    """

    answer: Answer
    strength: float
    because: str
    evidence: tuple[Observation, ...] = ()
    culprit: Culprit | None = None
    gap: Gap | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    check: str = ""
    alike: frozenset[str] = frozenset()


def yes(
    because: str,
    *,
    strength: float,
    weights: Mapping[str, float] | None = None,
    evidence: tuple[Observation, ...] = (),
    culprit: Culprit | None = None,
    alike: Iterable[str] = (),
) -> Finding:
    """A finding that holds; `weights` are those of strength 1 and are scaled by it."""
    scaled = {cause: weight * strength for cause, weight in (weights or {}).items()}
    return Finding(Answer.YES, strength, because, evidence, culprit, None, scaled, alike=frozenset(alike))


def no(because: str, *, weights: Mapping[str, float] | None = None, evidence: tuple[Observation, ...] = ()) -> Finding:
    """A finding that was looked for and is not there."""
    return Finding(Answer.NO, 1.0, because, evidence, None, None, dict(weights or {}))


def unknown(because: str, gap: Gap | None = None) -> Finding:
    """A finding that the evidence cannot decide, with what would decide it."""
    return Finding(Answer.UNKNOWN, 0.0, because, gap=gap)
