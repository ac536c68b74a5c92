"""The diagnosis beside the data that its references lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnose.playbook.diagnosis import Diagnosis
from diagnose.signals.events import Pattern
from diagnose.signals.evidence import Evidence
from diagnose.signals.profile import Profile
from diagnose.signals.series import Measure
from diagnose.signals.window import Window

PICTURES = 24


@dataclass(frozen=True, eq=False, slots=True)
class Book:
    """The diagnosis with the data that its references lead to; `pictured` are the ids that get a chart."""

    diagnosis: Diagnosis
    evidence: Evidence
    measures: Mapping[str, Measure]
    patterns: Mapping[str, Pattern]
    pictured: frozenset[str]

    @classmethod
    def of(cls, diagnosis: Diagnosis, evidence: Evidence, measures: Sequence[Measure]) -> Book:
        """The book of one incident."""
        strongest = sorted(diagnosis.evidence, key=lambda found: -found.strength)[:PICTURES]
        return cls(
            diagnosis=diagnosis,
            evidence=evidence,
            measures={key(measure): measure for measure in reversed(measures)},
            patterns={pattern.id: pattern for pattern in evidence.logs.patterns} if evidence.logs else {},
            pictured=frozenset(found.id for found in strongest),
        )

    @property
    def window(self) -> Window:
        """The window that everything is drawn on."""
        return self.diagnosis.window


def key(measure: Measure) -> str:
    """What an observation's `ref` calls a measure."""
    return f"{measure.role}/{measure.entity}/{measure.detail}"


def profile_of(evidence: Evidence, ref: str) -> tuple[int, Profile] | None:
    """The profile that a reference such as `profile:3` names, with its index."""
    head, _, index = ref.partition(":")
    if head != "profile" or not index.isdecimal() or len(index) > 9 or int(index) >= len(evidence.profiles):
        return None
    return int(index), evidence.profiles[int(index)]
