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


def version(case: Case, *, within_s: float) -> Finding:
    """Whether another version began to run just before the trouble."""
    deploys = [
        c for c in (*case.versions, *case.evidence.changes, *_announced(case)) if c.kind in {"version", "deploy"}
    ]
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
        strength=1.0,
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
