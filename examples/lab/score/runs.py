"""One diagnosis of one recording, with signals left out or the window moved."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field

from diagnose.checks.catalog import catalogue
from diagnose.checks.examine import align, examine
from diagnose.errors import DiagnoseError
from diagnose.investigate import Request, collect, conclude, library_of, reopen, save
from diagnose.playbook.confidence import sums
from diagnose.playbook.settle import settle
from diagnose.playbook.walk import questions, walk
from diagnose.signals.window import Window
from score.cases import Case


@dataclass(frozen=True, slots=True)
class Variant:
    """What is done to the evidence before it is judged."""

    name: str = "all signals"
    without: str = ""
    shift_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """What came out: `error_s` is onset found minus onset true, `sums` the log-odds behind the confidence."""

    case: Case
    variant: Variant
    cause: str
    status: str
    confidence: float
    culprit: str
    culprit_right: bool
    error_s: float | None
    seconds: float
    ranked: tuple[str, ...] = ()
    sums: dict[str, float] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        return self.cause == self.case.cause


def run_all(cases: Iterable[Case], variant: Variant, *, workers: int) -> list[Row]:
    """All recordings under one variant, in order."""
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(_run, [(case, variant) for case in cases]))


def _run(job: tuple[Case, Variant]) -> Row:
    case, variant = job
    begun = time.perf_counter()
    request = Request(
        window=Window(case.start + variant.shift_s, case.end + variant.shift_s),
        metrics="" if variant.without == "metrics" else case.metrics,
        logs=() if variant.without == "logs" else case.logs,
        profiles=() if variant.without == "profiles" else case.profiles,
    )
    try:
        evidence = reopen(save(collect(request, progress=lambda _: None)))
    except DiagnoseError as error:
        return Row(case, variant, "inconclusive", "inconclusive", 0.0, str(error), False, None, 0.0)
    library, aligned = library_of("triage"), align(evidence)
    asked = [(question.key, question.check, question.parameters) for question in questions(library)]
    findings = examine(aligned, asked, catalogue())
    walked = walk(library, findings)
    found = conclude(aligned, library, walked, findings)
    walked, _ = settle(library, walked, findings)
    blamed = json.dumps(asdict(found.verdict.culprit), ensure_ascii=False) if found.verdict.culprit else ""
    return Row(
        case=case,
        variant=variant,
        cause=found.verdict.cause,
        status=found.verdict.status.value,
        confidence=found.verdict.confidence,
        culprit=blamed,
        culprit_right=any(name.lower() in blamed.lower() for name in case.culprit),
        error_s=found.onset - case.onset if found.onset is not None and case.onset is not None else None,
        seconds=time.perf_counter() - begun,
        ranked=tuple(one.cause for one in found.causes),
        sums=sums(walked, findings),
    )
