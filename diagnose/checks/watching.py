"""Whether the watching itself still works."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from diagnose.checks.case import Case, heard
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, no, unknown, yes
from diagnose.checks.lifecycle import starts
from diagnose.checks.metrics.restarts import ScrapeGap
from diagnose.signals.events import IntArray, LogDigest
from diagnose.signals.evidence import Gap, Signal

TOGETHER_S = 10.0
_LIVELY = 30  # lines of a log from which its silence tells something
_SILENT = 0.05  # share of its usual lines


def unwatched(case: Case, *, share: float) -> Finding:
    """Whether scraping stopped while the service went on: metrics end or fail, the log does not."""
    if not case.evidence.series:
        return unknown("there are no metrics that could stop")
    lost = sum(gap.end - gap.start for gap in case.scrape_gaps if not _ends_with_log(case, gap))
    if lost < share * case.evidence.window.duration:
        return no("metrics were scraped all the time", weights={"monitoring-gap": -4.0})
    alive = _log_goes_on(case)
    if alive is None:
        return unknown(
            "metrics stop, and no log tells whether the service does too",
            Gap(Signal.LOG, "the service's log would tell whether it runs", "diagnose incident --logs FILE ..."),
        )
    if not alive or starts(case) >= 2:
        return no("metrics stop because the service does", weights={"monitoring-gap": -3.0})
    return yes(
        f"nothing new from the metrics for {lost:.0f} s, while the log goes on as before",
        strength=0.9,
        weights={"monitoring-gap": 6.0, "healthy": -1.0},
        culprit=Culprit("resource", "metrics scrape", "the scrape of this target"),
    )


def _ends_with_log(case: Case, gap: ScrapeGap) -> bool:
    """Whether metrics and log end together: the window was set longer than what was recorded."""
    last = case.evidence.logs.last if case.evidence.logs is not None else None
    return gap.to_end and last is not None and last <= gap.start + TOGETHER_S


def _log_goes_on(case: Case) -> bool | None:
    logs = case.evidence.logs
    if logs is None or not heard(case) or not case.scrape_gaps:
        return None
    totals = np.sum([np.asarray(counts) for counts in logs.levels.values()], axis=0)
    longest = max(case.scrape_gaps, key=lambda gap: gap.end - gap.start)
    first = max(int((longest.start - logs.window.start) / logs.bucket_s), 0)
    last = max(int((longest.end - logs.window.start) / logs.bucket_s), first + 1)
    inside, before = totals[first:last], totals[:first]
    if not before.size or not before.sum():
        return None
    return bool(inside.size and inside.mean() > 0.3 * before.mean()) and not _fell_silent(logs, first, last)


def _fell_silent(logs: LogDigest, first: int, last: int) -> bool:
    """Whether one of several logs ends with the metrics: it is the service's, and the others are of those around it."""
    told: dict[str, IntArray] = defaultdict(lambda: np.zeros(logs.buckets, dtype=np.int64))
    for pattern in logs.patterns:
        for bucket, count in pattern.counts.items():
            told[pattern.source][bucket] += count
    lively = [counts for counts in told.values() if counts[:first].sum() >= _LIVELY]
    return any(counts[first:last].mean() < _SILENT * counts[:first].mean() for counts in lively if first < last)


CHECKS = (
    Check(
        CheckSpec(
            "metrics.stopped",
            "Did scraping stop while the service went on?",
            {"share": ParameterSpec(float, 0.25, "ratio")},
            (Signal.METRIC, Signal.LOG),
        ),
        unwatched,
    ),
)
