"""Whether another version began to run just before the trouble."""

from __future__ import annotations

from diagnose.checks.case import Case
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, Observation, no, unknown, yes
from diagnose.checks.lifecycle import logged_starts
from diagnose.checks.logs.signatures import classify
from diagnose.signals.changes import Change
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import Role

EDGE_S = 15.0  # a start this near to the window's begin was there before


def version(case: Case, *, within_s: float) -> Finding:
    """Whether another version began to run just before the trouble.

    A start at that moment counts for less where nothing tells which version it was.
    """
    told = (*case.versions, *case.evidence.changes, *_announced(case))
    deploys = [change for change in told if change.kind in {"version", "deploy"}] or starts_unnamed(case)
    if not deploys:
        if not case.of(Role.VERSION) and not case.evidence.changes and not logged_starts(case):
            return unknown(
                "nothing tells which version runs",
                Gap(Signal.CHANGE, "no build information is exported", "kubectl rollout history deployment/NAME"),
            )
        return no("the same version ran all the time", weights={"bad-deploy": -4.0})
    if case.onset is None:
        return no("a version changed, and nothing went wrong", weights={"bad-deploy": -2.0})
    near = [c for c in deploys if -within_s <= c.at - case.onset <= within_s / 3]
    if not near:
        return no("the version changed, but not when the trouble began", weights={"bad-deploy": -2.0})
    best = min(near, key=lambda c: abs(c.at - case.onset if case.onset else 0.0))
    return yes(
        f"{best.title}, {abs(best.at - case.onset):.0f} s {'before' if best.at <= case.onset else 'after'} the onset",
        strength=0.6 if best.kind == "start" else 1.0,
        weights={"bad-deploy": 2.5},
        evidence=(of_world(case, best),),
        culprit=Culprit("version", best.title, best.entity),
    )


def _announced(case: Case) -> list[Change]:
    """Versions that the process names in the log when it starts; the first of them was there before."""
    logs = case.evidence.logs
    said = [
        (pattern.first, version)
        for pattern in (logs.patterns if logs else ())
        if any(s.cause == "start" for s in classify(pattern))
        for key, versions in pattern.fields.items()
        if key.lower().endswith(("version", "release", "revision", "build"))
        for version in versions
    ]
    said.sort()
    named = list(dict.fromkeys(version for _, version in said))
    return [
        Change(min(at for at, v in said if v == version), "version", "", f"version: {version}", "log")
        for version in named[1:]
    ]


def starts_unnamed(case: Case) -> list[Change]:
    """Starts that the log shows within the window, where no metric tells the version; one alone may be a deploy."""
    logs = case.evidence.logs
    if logs is None or case.of(Role.VERSION):
        return []
    said = [p for p in logs.patterns if any(s.cause == "start" for s in classify(p)) and p.count == 1]
    inside = [p.first for p in said if p.first > logs.window.start + EDGE_S]
    return [
        Change(at, "start", "", "the process started anew, in a version that nothing names", "log") for at in inside
    ]


def of_world(case: Case, change: Change) -> Observation:
    """A deploy, restart or configuration change as evidence."""
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


CHECKS = (
    Check(
        CheckSpec(
            "version.changed",
            "Did another version begin just before?",
            {"within_s": ParameterSpec(float, 30.0, "s")},
            (Signal.CHANGE, Signal.METRIC),
        ),
        version,
    ),
)
