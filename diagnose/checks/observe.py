"""Observations: a change, a log pattern or a profile as a piece of evidence that anyone can repeat."""

from __future__ import annotations

import re
import shlex

from diagnose.checks.case import Case, key
from diagnose.checks.finding import Observation
from diagnose.checks.logs.moves import PatternMove
from diagnose.checks.metrics.changes import MetricChange
from diagnose.checks.nouns import PLURAL, noun
from diagnose.signals.evidence import Evidence, Gap, Signal
from diagnose.signals.logged import COMMAND
from diagnose.signals.profile import Profile, ProfileKind
from diagnose.signals.window import Window, rfc3339

_MASK = re.compile(r"<[^<>]*>|\*|…")


def of_change(case: Case, change: MetricChange) -> Observation:
    """A metric that moved, or the requests that a log tells of."""
    measure = change.measure
    return Observation(
        id=f"metric:{key(measure)}",
        signal=Signal.LOG if measure.query.startswith(COMMAND) else Signal.METRIC,
        title=_title(change),
        at=change.at,
        window=case.incident,
        baseline=_number(change.baseline),
        observed=_number(change.observed),
        unit=measure.unit,
        strength=change.strength,
        reproduce=range_query(case.evidence, measure.query),
        ref=key(measure),
    )


def _title(change: MetricChange) -> str:
    measure = change.measure
    what = noun(measure.role) + (f" of {measure.detail}" if measure.detail else "")
    growing = "keep growing" if measure.role in PLURAL else "keeps growing"
    rising = growing if change.kind == "trend" else "rose"
    moved = rising if change.direction > 0 else "fell" if change.direction < 0 else "stands still"
    return f"{what} {moved}"


def _number(value: float) -> float | None:
    return float(value) if value == value else None  # noqa: PLR0124 - NaN is the one value unequal to itself


def range_query(evidence: Evidence, query: str) -> str:
    """The promtool command for a query over the window, or the bare query when there is no server."""
    if not evidence.prometheus or query.startswith(COMMAND):
        return query
    start, end = rfc3339(evidence.window.start), rfc3339(evidence.window.end)
    return f"promtool query range --start={start} --end={end} {shlex.quote(evidence.prometheus)} {shlex.quote(query)}"


def of_pattern(case: Case, move: PatternMove) -> Observation:
    """A log pattern that appeared, rose or fell; rates are per second."""
    pattern = move.pattern
    return Observation(
        id=f"log:{pattern.id}",
        signal=Signal.LOG,
        title=f"{move.kind}: {pattern.examples[0] if pattern.examples else pattern.template}",
        at=move.at,
        window=case.incident,
        baseline=_number(move.baseline_rate),
        observed=_number(move.incident_rate),
        unit="per-second",
        strength=move.strength,
        reproduce=grep(case.evidence, pattern.template),
        ref=pattern.id,
    )


def grep(evidence: Evidence, template: str) -> str:
    """The command that finds a template's lines again, by its longest part without variables."""
    literal = max((part.strip() for part in _MASK.split(template)), key=len, default="")
    files = [shlex.quote(source.name) for source in (evidence.logs.sources if evidence.logs else ())][:4]
    return " ".join(["rg", "--search-zip", "--fixed-strings", shlex.quote(literal), *files])


def of_profile(
    case: Case,
    kind: ProfileKind,
    *,
    title: str,
    numbers: tuple[float | None, float | None, str],
    strength: float,
) -> Observation:
    """What the incident's profile of a kind shows, beside its baseline; `numbers` are baseline, observed and unit."""
    base, profile = case.pairs[kind]
    start = base.taken_at if base is not None and base.taken_at else case.evidence.window.start
    end = profile.taken_at or case.incident.end
    return Observation(
        id=f"profile:{profile.kind}",
        signal=Signal.PROFILE,
        title=title,
        at=profile.taken_at,
        window=Window(min(start, end - 1), end),
        baseline=numbers[0],
        observed=numbers[1],
        unit=numbers[2],
        strength=strength,
        reproduce=pprof(profile, base),
        ref=f"profile:{case.evidence.profiles.index(profile)}",
    )


def pprof(profile: Profile, base: Profile | None) -> str:
    """The command that shows the same in the profile viewer everyone has."""
    flags = ["-sample_index=inuse_space"] if profile.kind is ProfileKind.HEAP else []
    if profile.kind is ProfileKind.GOROUTINE and base is None:
        return f"go tool pprof -traces {shlex.quote(profile.source)}"
    against = [f"-diff_base={shlex.quote(base.source)}"] if base is not None else []
    return " ".join(["go tool pprof -top", *flags, *against, shlex.quote(profile.source)])


def profile_gap(case: Case, kind: ProfileKind) -> Gap:
    """What to run for a profile that is missing."""
    path = "profile?seconds=10" if kind is ProfileKind.CPU else kind.value
    told = next((gap for gap in case.evidence.gaps if gap.signal is Signal.PROFILE), None)
    return told or Gap(
        Signal.PROFILE, f"no {kind} profile was given", f"curl -sS -O http://SERVICE:6060/debug/pprof/{path}"
    )
