"""Changes that somebody listed: which of them explain what happened, and which only happened at that time."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from diagnose.checks.case import Case
from diagnose.checks.finding import Observation
from diagnose.signals.changes import Change
from diagnose.signals.evidence import Signal
from diagnose.signals.series import Measure, Role
from diagnose.signals.targets import IDENTITY

AT_ONCE_S, LATER_S = 120.0, 600.0
"""A deploy shows within minutes; what shows later was probably something else."""
_EARLY_S = 20.0
_LOADED = 30.0
_ILL = 0.5
_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"
_INSTANCE = re.compile(rf"(?:-{_RANDOM}{{5,10}})?(?:-{_RANDOM}{{5}}|-\d+)?(?::\d+)?")
"""What instances add to a name: the letters of Kubernetes' generated names (without vowels), a number, a port."""
_EVENTS: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "oom-kill": (("OOMKilling", re.compile("")), ("Evicted", re.compile(r"\bmemory\b", re.I))),
    "crash-loop": (("BackOff", re.compile("restarting failed", re.I)), ("CrashLoopBackOff", re.compile(""))),
    "disk-full": (("Evicted", re.compile(r"ephemeral|disk|inode", re.I)), ("FreeDiskSpaceFailed", re.compile(""))),
    "bad-config": (
        ("FailedMount", re.compile(r"not found", re.I)),
        ("Failed", re.compile(r"(?:configmap|secret|key) .*not found|CreateContainerConfigError", re.I)),
    ),
    "bad-deploy": (
        ("Failed", re.compile(r"ErrImagePull|ImagePullBackOff|failed to pull image|InvalidImageName", re.I)),
        ("BackOff", re.compile(r"pulling image", re.I)),
        ("ProgressDeadlineExceeded", re.compile("")),
    ),
}
"""Reasons of Kubernetes events and the words of their messages that speak for a cause."""
_ALARMS = (
    ("Unhealthy", re.compile("liveness", re.IGNORECASE)),  # readiness fails at every start
    ("FailedScheduling", re.compile(r"\((?:[3-9]|\d\d+) times\)")),  # once or twice, until a node comes
)


def blame(case: Case, change: Change, *, starts: bool) -> float:
    """How far a listed change explains the trouble, 0..1; from 0.5 on it is more than a coincidence.

    It must come before the onset by minutes and concern what is ill. It is innocent when what it changed is well, or
    (`starts`) when the ill process did not start after it. It is the likelier culprit when only what it changed is ill.
    """
    if case.onset is None or not -_EARLY_S <= case.onset - change.at <= LATER_S:
        return 0.0
    ill, known = _ill(case), {measure.entity for measure in case.measures if measure.entity}
    changed = {measure.entity for measure in case.measures if measure.entity and _of(change, measure)}
    if change.entity and known and not changed and not concerns(change, case.evidence.service):
        return 0.0
    if changed and ill and not changed & ill:
        return 0.0
    landed = _landed(case, change, changed) if starts else None
    if landed is False:
        return 0.0
    near = 0.5 if case.onset - change.at <= AT_ONCE_S else 0.3
    only = 0.4 if changed and changed < known and ill <= changed else 0.0
    return near + only + (0.2 if landed else 0.0) - (0.0 if change.entity else 0.1)


def concerns(change: Change, entity: str) -> bool:
    """Whether a change is one of an entity: the same name, or a workload and its pod, or a host and its port."""
    name, other = change.entity.lower().rpartition("/")[2], entity.lower()
    if not name or not other:
        return False
    shorter, longer = sorted((name, other), key=len)
    return longer.startswith(shorter) and _INSTANCE.fullmatch(longer[len(shorter) :]) is not None


def _of(change: Change, measure: Measure) -> bool:
    names = (measure.entity, *(value for key, value in measure.labels if key in IDENTITY))
    return any(concerns(change, name) for name in names)


def ours(case: Case, changes: Sequence[Change]) -> list[Change]:
    """The measured changes of what is ill; those of entities that are well explain nothing."""
    well = {measure.entity for measure in case.measures} - _ill(case)
    return [change for change in changes if not change.entity or change.entity not in well]


def restarted(case: Case) -> list[Change]:
    """The restarts of one process, the one of those that are ill that restarted most: a rollout restarts each once."""
    apart: dict[str, list[Change]] = defaultdict(list)
    for change in ours(case, case.restarts):
        apart[change.entity].append(change)
    return max(apart.values(), key=len, default=[])


def listed(case: Case, kind: str) -> list[Change]:
    """The listed changes of a kind that explain the trouble, the best explanation first."""
    told = [(blame(case, change, starts=kind == "deploy"), change) for change in case.evidence.changes]
    good = [(power, change) for power, change in told if change.kind == kind and power >= _ILL]
    return [change for _, change in sorted(good, key=lambda each: (-each[0], -each[1].at, each[1].title))]


def events(case: Case, cause: str) -> tuple[Observation, ...]:
    """The cluster's events that name a cause and concern the service, from the onset on."""
    return _told(case, _EVENTS.get(cause, ()))


def alarms(case: Case) -> tuple[Observation, ...]:
    """The cluster's events that tell of trouble, whatever its cause: a service that has them is not well."""
    return _told(case, (*itertools.chain.from_iterable(_EVENTS.values()), *_ALARMS))


def _told(case: Case, said: Iterable[tuple[str, re.Pattern[str]]]) -> tuple[Observation, ...]:
    said = tuple(said)
    since = case.incident.start - _LOADED
    found = [
        change
        for change in case.evidence.changes
        if change.at >= since
        and any(change.reason == reason and words.search(change.title) for reason, words in said)
        and _ours(case, change)
    ]
    return tuple(of_world(case, change) for change in found)


def of_world(case: Case, change: Change) -> Observation:
    """A deploy, restart, configuration change or event as evidence."""
    return Observation(
        id=f"change:{change.kind}:{change.at:.0f}",
        signal=Signal.CHANGE,
        title=change.title,
        at=change.at,
        window=case.evidence.window,
        baseline=None,
        observed=None,
        unit="",
        strength=0.8,
        reproduce=change.source or "kubectl rollout history deployment/NAME",
    )


def _ours(case: Case, change: Change) -> bool:
    """Whether an event is of the service or of one of its instances; all are where nothing names the service."""
    names: Sequence[str] = [name for name in (case.focus or case.evidence.service, case.evidence.service) if name]
    return not names or not change.entity or any(concerns(change, name) for name in names)


def _ill(case: Case) -> set[str]:
    """The entities in trouble: the first suspect, and those that moved at least half as much."""
    if not case.suspects:
        return {case.focus} if case.focus else {measure.entity for measure in case.measures if measure.entity}
    top = case.suspects[0][1]
    return {entity for entity, score, _, _ in case.suspects if score >= _ILL * top}


def _landed(case: Case, change: Change, changed: set[str]) -> bool | None:
    """Whether a process of the changed entities started between the change and the onset; None where nothing tells."""
    clocks = [m for m in case.measures if m.role is Role.START_TIME and (not changed or m.entity in changed)]
    begun = [started.at for started in (*case.restarts, *case.versions) if not changed or started.entity in changed]
    begun += [float(at) for clock in clocks for at in np.unique(clock.values[np.isfinite(clock.values)])]
    if not clocks and not begun:
        return None
    until = (case.onset or 0.0) + _EARLY_S
    return any(change.at - _EARLY_S <= at <= until for at in begun)
