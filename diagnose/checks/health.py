"""Whether there is anything to judge, and whether anything is wrong at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from diagnose.checks.case import Case, heard
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Finding, no, unknown, yes
from diagnose.checks.metrics.changes import MetricChange
from diagnose.checks.metrics.traffic import explained
from diagnose.checks.observe import of_change, profile_gap
from diagnose.checks.steady import bad_throughout
from diagnose.checks.symptoms import HELD, symptoms, telling
from diagnose.checks.warmup import HELD as MEMORY
from diagnose.checks.warmup import still_warming
from diagnose.checks.words import no_log
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.profile import ProfileKind
from diagnose.signals.series import Measure, Role

RESOURCES = (Role.CPU, *MEMORY)
SHORT_S = 180.0  # of data: in less, what began before the window looks usual
OVERLONG_S = 90.0
LOST = 0.25  # share of the window without metrics from which they cannot speak for health
OPEN = 0.5  # strength from which a move that nothing else dates leaves health open
SAMPLES = 16  # eight before a move and eight after it: with fewer none reaches its full strength
PARTLY = 2.0  # log-odds for health of a calm that was seen in part
_EARLIER = Gap(Signal.METRIC, "no quiet time before the trouble", "diagnose incident --start EARLIER ...")
_LATER = Gap(
    Signal.METRIC, "a window that begins later, when the process is warm", "diagnose incident --start LATER ..."
)
_HOW = "diagnose incident --prometheus URL --select 'job=\"NAME\"' ..."


def present(case: Case, *, min_signals: int) -> Finding:
    """Whether at least so many kinds of signal hold data."""
    kinds = [name for name, there in _signals(case).items() if there]
    if len(kinds) >= min_signals:
        return yes(f"data from {', '.join(kinds)}", strength=1.0)
    gap = case.evidence.gaps[0] if case.evidence.gaps else None
    return unknown("no source held data for the window", gap)


def _signals(case: Case) -> dict[str, bool]:
    evidence = case.evidence
    return {
        "logs": heard(case),
        "metrics": bool(evidence.series),
        "profiles": bool(evidence.profiles),
        "probes": bool(evidence.probes),
    }


def wrong(case: Case, *, at_least: float) -> Finding:
    """Whether any symptom of a strength is there: errors, latency, resources held or spent, log errors, restarts."""
    found = symptoms(case, at_least)
    if found:
        strongest = max(one.strength for one in found)
        told = "; ".join(one.title for one in found[:3])
        return yes(told, strength=strongest, weights={"healthy": -5.0}, evidence=tuple(found[:6]))
    return _unmoved(case)


def _unmoved(case: Case) -> Finding:
    """Health, where enough was seen to speak of it; otherwise what is missing."""
    if open_ := _undecided(case):
        return unknown(*open_)
    if heard(case) and _measured(case):
        if _judges_requests(case):
            return no("nothing moved beyond its usual range", weights={"healthy": 5.0 - _stir(case)})
        told = "nothing moved beyond its usual range, and the log is as quiet as before"
        return no(told, weights={"healthy": 2.5 - 0.5 * _stir(case)})
    return _partly(case)


def _undecided(case: Case) -> tuple[str, Gap | None] | None:
    """Why calm does not count although signals are there, and what would decide it; None where it counts."""
    if thin := _thin(case):
        return thin
    if still_warming(case):
        return "memory has grown since the process started, and only later shows whether it stops", _LATER
    if steady := bad_throughout(case):
        return f"{steady} all through the window, with no quiet time to compare with", _EARLIER
    if (rise := _unexplained(case)) is not None:
        told = f"{of_change(case, rise).title} from {rise.baseline:,.4g} to {rise.observed:,.4g} {rise.measure.unit}"
        kind = ProfileKind.HEAP if rise.measure.role in MEMORY else ProfileKind.GOROUTINE
        return f"{told.rstrip()}, and nothing tells what holds it", profile_gap(case, kind)
    return None


def _thin(case: Case) -> tuple[str, Gap | None] | None:
    """Why there is too little data to see a move, None where there is enough."""
    if (seen := _seen(case)) < SHORT_S:
        return f"the window holds {seen:.0f} s of data, too little to compare with anything", _EARLIER
    if _lost(case):
        return "metrics are missing for much of the window, and what is missing is not health", None
    if 0 < (samples := _samples(case)) < SAMPLES:
        return f"the metrics hold {samples} samples in the window, and a move shows from {SAMPLES} on", _EARLIER
    return None


def _measured(case: Case) -> bool:
    """Whether metrics tell what a service's process uses; those of what surrounds it do not."""
    return case.served and bool(case.of(*RESOURCES))


def _partly(case: Case) -> Finding:
    """Calm in what was given. Each signal shows faults that no other does, so a part of them is no health.

    Work that nobody requests fails in the log alone; what a process holds, and whether anyone watches it, are metrics.
    """
    measured = _measured(case)
    missing = [] if measured else ["metrics of the process"]
    missing += [] if heard(case) else ["a log with lines in the window"]
    seen = [name for name, there in _signals(case).items() if there]
    gap = no_log(case) if measured else Gap(Signal.METRIC, "requests and resources of the process were not given", _HOW)
    told = f"nothing is wrong as far as {' and '.join(seen)} show; without {' and '.join(missing)} that is no health"
    return replace(unknown(told, gap), weights={"healthy": PARTLY})


def _seen(case: Case) -> float:
    """How many seconds of the window the metrics of the process cover, or the log where there are none."""
    clock = max((measure.times for measure in case.of(*RESOURCES)), key=len, default=np.empty(0))
    if clock.size > 1:
        return float(clock[-1] - clock[0] + np.median(np.diff(clock)))
    logs = case.evidence.logs
    return (logs.last - logs.first) if logs is not None and logs.first is not None and logs.last is not None else 0.0


def _samples(case: Case) -> int:
    """How often the metrics of the process were scraped in the window."""
    return max((measure.times.size for measure in case.of(*RESOURCES)), default=0)


def _unexplained(case: Case) -> MetricChange | None:
    """A rise of something held that stays, too weak to be a symptom, which no traffic and no profile explains."""
    profiled = dict.fromkeys(MEMORY, case.judged.heap is not None)
    crowd = case.judged.goroutines is not None
    rises = [case.change(role, up=True) for role in HELD if not profiled.get(role, crowd)]
    traffic = next((measure for measure in case.of(Role.REQUESTS) if not measure.detail), None)
    open_ = [c for c in rises if c is not None and _beyond(c, traffic) >= OPEN and telling(case, c)]
    return max(open_, key=lambda change: change.strength, default=None)


def _beyond(change: MetricChange, traffic: Measure | None) -> float:
    """What is left of a change's strength when the growth of traffic is taken out."""
    return change.strength * (1.0 - (explained(change.measure, traffic, at=change.at) if traffic is not None else 0.0))


def _stir(case: Case) -> float:
    """What is taken off the trust in health for moves that are just too weak to be symptoms."""
    known = [one.strength for one in symptoms(case, 0.0)]
    return 4.0 * max(known, default=0.0)


def _lost(case: Case) -> bool:
    # A window that was set a minute too long ends in nothing; that is no gap.
    holes = [gap.end - gap.start for gap in case.scrape_gaps if not (gap.to_end and gap.end - gap.start <= OVERLONG_S)]
    lost = sum(holes)
    return lost >= LOST * case.evidence.window.duration


def _judges_requests(case: Case) -> bool:
    return bool(case.of(Role.REQUESTS, Role.ERRORS, Role.ERROR_RATIO, Role.LATENCY, Role.LATENCY_TAIL))


CHECKS = (
    Check(
        CheckSpec(
            "evidence.present",
            "Is there anything to judge?",
            {"min_signals": ParameterSpec(int, 1, title="how many kinds of signal must hold data")},
        ),
        present,
    ),
    Check(
        CheckSpec(
            "symptom.present",
            "Is anything wrong at all?",
            {"at_least": ParameterSpec(float, 0.5, "ratio", "strength from which a move is a symptom")},
            (Signal.METRIC, Signal.LOG),
        ),
        wrong,
    ),
)
