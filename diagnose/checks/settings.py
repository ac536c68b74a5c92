"""Whether the configuration was changed just before the trouble."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from diagnose.checks.case import Case, heard
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, Observation, no, unknown, yes
from diagnose.checks.observe import grep
from diagnose.checks.releases import starts_unnamed
from diagnose.checks.world import events, listed, of_world, ours
from diagnose.signals.changes import Change
from diagnose.signals.events import Pattern
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import Role
from diagnose.signals.window import Window

_START_S = 15.0
_LONG = 4  # samples for which a limit must have stood
_LIMITS = (Role.POOL_MAX, Role.HEAP_LIMIT, Role.MEMORY_LIMIT, Role.CPU_LIMIT, Role.OPEN_FILES_LIMIT)
_RARE = 20  # lines; what is said more often is no event
_SAID = re.compile(
    r"\b(?:config(?:uration)?|settings?|options|parameters|feature[ _-]?flags?|flags?)\b.{0,60}"
    r"\b(?:re-?load|load|chang|appl|updat|switch|set to)"
    r"|\b(?:re-?load|chang|appl|updat)\w*\b.{0,40}\b(?:config(?:uration)?|settings?|feature[ _-]?flags?)\b",
    re.IGNORECASE,
)


def changed(case: Case, *, before_s: float, after_s: float) -> Finding:
    """Whether a metric, the log or a list of changes tells of a new configuration right before the onset."""
    if case.onset is None:
        return no("nothing went wrong that a change could explain")
    if not (heard(case) or case.evidence.changes or case.configs or list(_limits(case))):
        return unknown("nothing tells of configuration", Gap(Signal.CHANGE, "no list of changes was given", None))
    span = Window(case.onset - before_s, case.onset + after_s)
    seen = [one for one in (*_told(case), *_said(case)) if one.at is not None and span.contains(one.at)]
    said = events(case, "bad-config")
    found = [*seen, *(of_world(case, change) for change in listed(case, "config")), *said]
    if not found:
        return no("no change of configuration is told of when the trouble began", weights={"bad-config": -1.0})
    best = min(found, key=lambda one: abs((one.at or 0.0) - (case.onset or 0.0)))
    told = next((one for one in found if one.signal is Signal.LOG), best)
    return yes(
        told.title,
        strength=0.9 if seen or said else 0.6,
        weights={"bad-config": 4.0},
        evidence=tuple(found[:4]),
        culprit=Culprit("log-pattern" if told.signal is Signal.LOG else "resource", told.title, "configuration"),
    )


def _told(case: Case) -> Iterator[Observation]:
    for change in ours(case, case.configs):
        # Every start loads the configuration: that is the deploy's or the crash's doing.
        if not any(abs(start.at - change.at) < _START_S for start in case.restarts):
            yield of_world(case, change)
    for change in _limits(case):
        if not any(abs(other.at - change.at) < _START_S for other in case.versions):
            yield of_world(case, change)


def _limits(case: Case) -> Iterator[Change]:
    """Limits that metrics state and that were lowered in one step.

    One that was raised takes nothing from the service, and one that fell to zero is no limit but what is left of it.
    """
    short = case.change(Role.POOL_WAITING, Role.POOL_WAIT_TIME, up=True) is not None
    for measure in case.of(*_LIMITS):
        known = np.isfinite(measure.values)
        times, values = measure.times[known], measure.values[known]
        steps = np.flatnonzero(np.diff(values)) + 1
        told = short and measure.role is Role.POOL_MAX  # those who wait for the pool tell of it themselves
        if not told and len(steps) == 1 and _LONG <= steps[0] <= values.size - _LONG:
            at = int(steps[0])
            if not 0 < values[at] < values[at - 1]:
                continue
            title = f"{measure.name} changed from {values[at - 1]:g} to {values[at]:g}"
            yield Change(float(times[at]), "config", measure.entity, title, measure.query)


def _said(case: Case) -> Iterator[Observation]:
    logs = case.evidence.logs
    for pattern in logs.patterns if logs else ():
        text = pattern.examples[0] if pattern.examples else pattern.template
        if pattern.count <= _RARE and _SAID.search(text) and not _part_of_release(case, pattern.first):
            yield Observation(
                id=f"log:{pattern.id}",
                signal=Signal.LOG,
                title=text + _values(pattern),
                at=pattern.first,
                window=case.evidence.window,
                baseline=None,
                observed=float(pattern.count),
                unit="lines",
                strength=0.8,
                reproduce=grep(case.evidence, pattern.template),
                ref=pattern.id,
            )


def _part_of_release(case: Case, at: float) -> bool:
    return any(abs(change.at - at) < _START_S for change in (*case.versions, *starts_unnamed(case)))


def _values(pattern: Pattern) -> str:
    """What the record says beside its message: which setting, and to what."""
    told = [f"{name}: {next(iter(seen))}" for name, seen in sorted(pattern.fields.items()) if len(seen) == 1]
    return f" ({', '.join(told)})" if told else ""


CHECKS = (
    Check(
        CheckSpec(
            "config.changed",
            "Was the configuration changed just before the trouble?",
            {
                "before_s": ParameterSpec(float, 30.0, "s", "longest time from the change to the onset"),
                "after_s": ParameterSpec(float, 10.0, "s", "how far the onset may be dated too early"),
            },
            (Signal.CHANGE, Signal.LOG, Signal.METRIC),
        ),
        changed,
    ),
)
