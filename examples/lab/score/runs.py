"""One diagnosis of one recording, with signals left out or the window moved."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache

from diagnose.checks.catalog import catalogue
from diagnose.checks.examine import align, examine
from diagnose.checks.finding import Answer, Culprit
from diagnose.errors import DiagnoseError
from diagnose.investigate import Request, collect, conclude, library_of, reopen, save
from diagnose.playbook.confidence import LEAF, UNKNOWN, sums
from diagnose.playbook.diagnosis import Diagnosis
from diagnose.playbook.model import Library
from diagnose.playbook.walk import Walk, questions, walk
from diagnose.signals.window import Window
from score.astray import astray
from score.cases import Case

ALL = frozenset({"logs", "metrics", "profiles"})


@dataclass(frozen=True, slots=True)
class Variant:
    """What is done to the evidence before it is judged; `alone` counts only recordings that have the signal."""

    name: str = "all signals"
    signals: frozenset[str] = ALL
    shift_s: float = 0.0
    alone: bool = False

    def covers(self, case: Case) -> bool:
        """Whether this recording is judged under the variant."""
        return not self.alone or self.signals <= case.signals


@dataclass(frozen=True, slots=True)
class Weighing:
    """What the confidence is made of: log-odds of the findings alone, the leaf of the walk, unknown answers on it."""

    findings: dict[str, float]
    leaf: str
    doubts: int


@dataclass(frozen=True, slots=True)
class Row:
    """What came out: `error_s` is onset found minus onset true, `astray` where the walk left the way to the truth."""

    case: Case
    variant: Variant
    cause: str = "inconclusive"
    confidence: float = 0.0
    culprit: str = ""
    error_s: float | None = None
    seconds: float = 0.0
    ranked: tuple[str, ...] = ()
    astray: str = ""
    weighing: Weighing = field(default_factory=lambda: Weighing({}, "inconclusive", 0))

    @property
    def right(self) -> bool:
        """The verdict names the true cause."""
        return self.cause == self.case.cause

    @property
    def judged(self) -> bool:
        """A verdict was given."""
        return self.cause != "inconclusive"

    @property
    def culprit_right(self) -> bool:
        """The culprit that was named holds one of the accepted words."""
        return any(word.lower() in self.culprit.lower() for word in self.case.culprit)


def run_all(cases: Iterable[Case], variants: Sequence[Variant], *, workers: int = 2) -> dict[str, list[Row]]:
    """Every recording under every variant that covers it: rows by the variant's name, in the order of the cases."""
    jobs = [(case, variant) for variant in variants for case in cases if variant.covers(case)]
    found: dict[str, list[Row]] = {variant.name: [] for variant in variants}
    with ProcessPoolExecutor(workers, initializer=_single_thread) as pool:
        for number, row in enumerate(pool.map(_run, jobs, chunksize=4), start=1):
            found[row.variant.name].append(row)
            if number % 100 == 0:
                print(f"{number} of {len(jobs)} runs", file=sys.stderr)
    return found


def _single_thread() -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


def _run(job: tuple[Case, Variant]) -> Row:
    return run(*job)


def run(case: Case, variant: Variant = Variant()) -> Row:
    """Diagnose one recording as `diagnose incident` does, by way of the saved bundle."""
    begun = time.perf_counter()
    request = Request(
        window=Window(case.start + variant.shift_s, case.end + variant.shift_s),
        metrics=case.metrics if "metrics" in variant.signals else "",
        logs=case.logs if "logs" in variant.signals else (),
        profiles=case.profiles if "profiles" in variant.signals else (),
    )
    try:
        evidence = reopen(save(collect(request, progress=lambda _: None)))
    except DiagnoseError as error:
        return Row(case, variant, astray=str(error), seconds=time.perf_counter() - begun)
    library, aligned = triage(), align(evidence)
    findings = examine(aligned, [(one.key, one.check, one.parameters) for one in questions(library)], catalogue())
    walked = walk(library, findings)
    found = conclude(aligned, library, walked, findings)
    seconds = time.perf_counter() - begun
    return Row(
        case=case,
        variant=variant,
        cause=found.verdict.cause,
        confidence=found.verdict.confidence,
        culprit=_named(found.verdict.culprit),
        error_s=_error(found, case),
        seconds=seconds,
        ranked=tuple(one.cause for one in found.causes),
        astray="" if found.verdict.cause == case.cause else astray(library, found, case.cause),
        weighing=_weighing(walked, sums(walked, findings)),
    )


@cache
def triage() -> Library:
    """The playbook that all are diagnosed with, read once a process: reading it takes as long as a diagnosis."""
    return library_of("triage")


def _named(culprit: Culprit | None) -> str:
    return f"{culprit.kind} {culprit.name} {culprit.location}" if culprit else ""


def _error(found: Diagnosis, case: Case) -> float | None:
    return found.onset - case.onset if found.onset is not None and case.onset is not None else None


def _weighing(walked: Walk, totals: dict[str, float]) -> Weighing:
    leaf = walked.leaf.cause
    doubts = sum(1 for step in walked.steps if step.answer is Answer.UNKNOWN)
    added = 0.0 if leaf == "inconclusive" else LEAF - UNKNOWN * doubts
    return Weighing({**totals, leaf: totals[leaf] - added}, leaf, doubts)
