"""The diagnosis beside the data that its references lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnose.checks.case import key
from diagnose.playbook.diagnosis import Diagnosis
from diagnose.report.hot import hottest
from diagnose.report.pictures import Hot
from diagnose.report.snapshots import base_of, index_of
from diagnose.signals.events import Pattern
from diagnose.signals.evidence import Evidence
from diagnose.signals.series import Measure
from diagnose.signals.window import Window

PICTURES = 24


@dataclass(frozen=True, eq=False, slots=True)
class Book:
    """The diagnosis with the data that its references lead to.

    `pictured` are the ids that get a chart; `hot` gives the hottest functions of each profile that is cited.
    """

    diagnosis: Diagnosis
    evidence: Evidence
    measures: Mapping[str, Measure]
    patterns: Mapping[str, Pattern]
    pictured: frozenset[str]
    hot: Mapping[int, tuple[Hot, ...]]

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
            hot=_hot(diagnosis, evidence),
        )

    @property
    def window(self) -> Window:
        """The window that everything is drawn on."""
        return self.diagnosis.window


def _hot(diagnosis: Diagnosis, evidence: Evidence) -> dict[int, tuple[Hot, ...]]:
    profiles = evidence.profiles
    cited = {index_of(found.ref, profiles) for found in diagnosis.evidence}
    bases = {i: base_of(profiles, i, diagnosis.onset) for i in cited if i is not None}
    return {i: hottest(profiles[i], profiles[base] if base is not None else None) for i, base in bases.items()}
