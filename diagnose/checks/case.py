"""One incident made ready for the checks: measures, moves and profile pairs on one line of time."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import numpy as np

from diagnose.checks.blame.clue import Clue
from diagnose.checks.logs.moves import PatternMove
from diagnose.checks.metrics.changes import MetricChange
from diagnose.checks.metrics.restarts import ScrapeGap
from diagnose.checks.metrics.suspects import Suspect
from diagnose.checks.profiles.cpu import CpuVerdict
from diagnose.checks.profiles.goroutines import GoroutineVerdict
from diagnose.checks.profiles.heap import HeapVerdict
from diagnose.checks.profiles.locks import LockVerdict
from diagnose.signals.changes import Change
from diagnose.signals.evidence import Evidence
from diagnose.signals.profile import Profile, ProfileKind
from diagnose.signals.series import Measure, Role
from diagnose.signals.window import Window

_NO_LEVEL = {"spike", "dip", "flat"}
AROUND = frozenset(
    {
        Role.DISK_FREE,
        Role.DISK_USED,
        Role.CERTIFICATE_EXPIRY,
        Role.OOM_KILLS,
        Role.ERROR_RATIO,
        Role.UPSTREAM_ERRORS,
        Role.UPSTREAM_LATENCY,
        Role.POOL_IN_USE,
        Role.POOL_MAX,
        Role.POOL_WAITING,
        Role.QUEUE,
    }
)
"""What exporters tell of that a service suffers from: full disks, certificates, and what it calls. The processor and
the memory of a machine or a database are not the service's own."""
Pair = tuple[Profile | None, Profile]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the profile engines say, each None where its profile is missing."""

    goroutines: GoroutineVerdict | None = None
    heap: HeapVerdict | None = None
    cpu: CpuVerdict | None = None
    locks: LockVerdict | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """What the checks are given.

    `changes` are the metric changes of `focus` (the entity in trouble; empty: the only one), strongest first, with
    those of the `around` that it would suffer from: machines, databases and probes, which exporters speak of.
    `incident` is the whole window when no onset was found; `baseline` is None when nothing quiet came before.
    """

    evidence: Evidence
    measures: tuple[Measure, ...]
    changes: tuple[MetricChange, ...]
    moves: tuple[PatternMove, ...]
    pairs: Mapping[ProfileKind, Pair]
    restarts: tuple[Change, ...]
    versions: tuple[Change, ...]
    configs: tuple[Change, ...]
    scrape_gaps: tuple[ScrapeGap, ...]
    onset: float | None
    uncertainty_s: float | None
    baseline: Window | None
    incident: Window
    focus: str = ""
    around: frozenset[str] = frozenset()
    suspects: tuple[Suspect, ...] = ()
    clues: tuple[Clue, ...] = ()
    judged: Judged = field(default_factory=Judged)

    @property
    def served(self) -> bool:
        """Whether anything measures a service, and not only what surrounds one."""
        return any(measure.entity not in self.around for measure in self.measures)

    def of(self, *roles: Role) -> tuple[Measure, ...]:
        """The focus's measures of these roles, totals before splits, and after them those of its surroundings."""
        chosen = [m for m in self.measures if m.role in roles and concerns(m, self.focus, self.around)]
        return tuple(sorted(chosen, key=lambda m: (m.entity in self.around, m.detail != "", m.role, m.detail)))

    def change(self, *roles: Role, up: bool | None = None, lasting: bool = True) -> MetricChange | None:
        """The strongest change of these roles; `up` None takes either way, `lasting` only new levels."""
        found = [
            c
            for c in self.changes
            if c.measure.role in roles
            and (up is None or (c.direction > 0) == up)
            and not (lasting and c.kind in _NO_LEVEL)
        ]
        return max(found, key=lambda c: (c.strength, c.measure.detail == ""), default=None)

    def total(self, role: Role, *, up: bool) -> MetricChange | None:
        """The strongest lasting change of a role's total, or of its parts where there is no total."""
        undivided = any(not measure.detail for measure in self.of(role))
        found = [
            c
            for c in self.changes
            if c.measure.role is role
            and (c.direction > 0) == up
            and c.kind not in _NO_LEVEL
            and not (undivided and c.measure.detail)
        ]
        return max(found, key=lambda c: c.strength, default=None)

    def steady(self, role: Role) -> float | None:
        """The median of a role's total over the whole window, or None where it has no data."""
        totals = [measure for measure in self.of(role) if not measure.detail]
        return median_within(totals[0], self.evidence.window) if totals else None

    def level(self, role: Role) -> tuple[float, float] | None:
        """Medians of a role's total before and during the incident, or None where either is missing."""
        totals = [m for m in self.of(role) if not m.detail] or list(self.of(role))
        if not totals or self.baseline is None:
            return None
        before = median_within(totals[0], self.baseline)
        during = median_within(totals[0], self.incident)
        return None if before is None or during is None else (before, during)


def concerns(measure: Measure, focus: str, around: Set[str]) -> bool:
    """Whether a measure is of the focus, or of its surroundings and of a kind that the focus suffers from."""
    return not focus or measure.entity == focus or (measure.entity in around and measure.role in AROUND)


def heard(case: Case) -> bool:
    """Whether any log line lies in the window; an empty log denies nothing."""
    logs = case.evidence.logs
    return logs is not None and any(source.in_window for source in logs.sources)


def climbing(case: Case, *roles: Role) -> list[MetricChange]:
    """Upward trends of these roles that have not levelled off, strongest first."""
    rising = [c for c in case.changes if c.measure.role in roles and c.kind == "trend" and c.direction > 0]
    return [change for change in rising if _climbs(change, case.evidence.window.end)]


def _climbs(change: MetricChange, end: float) -> bool:
    """Whether the last third still rises at a quarter of the whole rise's pace: a warm-up ends in a plateau.

    The last part's share of the slope is Coroot's criterion (0.3 over the last quarter), eased for short windows.
    """
    times, values = change.measure.times, change.measure.values
    inside = np.isfinite(values) & (times >= change.at)
    times, values = times[inside], values[inside]
    last = times >= end - (end - change.at) / 3
    if times.size < 9 or last.sum() < 3:
        return True
    whole, late = np.polyfit(times - end, values, 1)[0], np.polyfit(times[last] - end, values[last], 1)[0]
    return bool(late >= 0.25 * whole)


def levelled(case: Case, *roles: Role) -> bool:
    """Whether measures are there and none still climbs: what grew was a warm-up, not a leak."""
    return bool(case.of(*roles)) and not climbing(case, *roles)


def passed(case: Case, role: Role) -> bool:
    """Whether a measure is there and shows no rise that lasts: what a snapshot caught was a moment."""
    return bool(case.of(role)) and case.change(role, up=True) is None


def median_within(measure: Measure, window: Window) -> float | None:
    """The median of a measure in a window, or None where it has no data."""
    inside = measure.values[(measure.times >= window.start) & (measure.times < window.end)]
    inside = inside[np.isfinite(inside)]
    return float(np.median(inside)) if inside.size else None


def key(measure: Measure) -> str:
    """What names a measure in evidence ids and charts."""
    return f"{measure.role}/{measure.entity}/{measure.detail}"
