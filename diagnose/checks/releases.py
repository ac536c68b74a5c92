"""Whether another version began to run just before the trouble."""

from __future__ import annotations

import re

from diagnose.checks import world
from diagnose.checks.case import Case
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, no, unknown, yes
from diagnose.checks.lifecycle import logged_starts
from diagnose.checks.logs.signatures import classify
from diagnose.checks.world import of_world
from diagnose.signals.changes import Change
from diagnose.signals.events import Pattern
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import Role

EDGE_S = 15.0  # a start this near to the window's begin was there before
_UNNAMED = "the process started anew, in a version that nothing names"
_VERSIONS = ("version", "release", "revision", "build")
_NUMBER = re.compile(
    r"(?P<of>[A-Za-z]+)?(?:[ /:]|^)(?:version[ :=]+)?\"?v?(?P<number>\d+\.\d+\.\d+(?:[-+][\w.+-]+)?)(?![.\w])",
    re.IGNORECASE,
)
_RUNTIMES = frozenset(
    {"ruby", "java", "python", "node", "go", "php", "tomcat", "puma", "jetty", "jdk", "engine", "spring"}
)


def version(case: Case, *, within_s: float) -> Finding:
    """Whether another version began to run just before the trouble.

    A start at that moment counts for less where nothing tells which version it was; so does a deploy that is only
    listed, which must explain what is ill.
    """
    deploys = [*world.ours(case, case.versions), *_announced(case)] or starts_unnamed(case)
    onset = case.onset
    near = [c for c in deploys if onset is not None and -within_s <= c.at - onset <= within_s / 3]
    if near and onset is not None:
        best = min(near, key=lambda c: abs(c.at - onset))
        return _began(case, best, 0.6 if best.kind == "start" else 1.0)
    if listed := world.listed(case, "deploy"):
        return _began(case, listed[0], min(0.9, world.blame(case, listed[0], starts=True)))
    if told := world.events(case, "bad-deploy"):
        return yes(told[0].title, strength=0.9, weights={"bad-deploy": 4.0}, evidence=told[:4])
    return _not_near(case, bool(deploys))


def _began(case: Case, change: Change, strength: float) -> Finding:
    late = (case.onset or 0.0) - change.at
    return yes(
        f"{change.title}, {abs(late):.0f} s {'before' if late >= 0 else 'after'} the onset",
        strength=strength,
        weights={"bad-deploy": 2.5},
        evidence=(of_world(case, change),),
        culprit=Culprit("version", change.title, change.entity),
    )


def _ran_on(case: Case) -> bool:
    """Whether the only process that is measured did not start anew: no other version without a start."""
    return bool(case.of(Role.START_TIME)) and not case.restarts and len({m.entity for m in case.measures}) == 1


def _not_near(case: Case, changed: bool) -> Finding:
    if any(change.kind == "deploy" for change in case.evidence.changes):
        if case.onset is None:
            return no("a deploy is listed, and nothing went wrong", weights={"bad-deploy": -2.0})
        return no("deploys are listed, but none that explains what is ill", weights={"bad-deploy": -2.0})
    if changed and case.onset is None:
        return no("a version changed, and nothing went wrong", weights={"bad-deploy": -2.0})
    if changed:
        return no("the version changed, but not when the trouble began", weights={"bad-deploy": -2.0})
    told = any(change.kind != "commit" for change in case.evidence.changes)
    if not (case.of(Role.VERSION) or told or logged_starts(case) or _ran_on(case)):
        return unknown(
            "nothing tells which version runs",
            Gap(Signal.CHANGE, "no build information is exported", "kubectl rollout history deployment/NAME"),
        )
    return no("the same version ran all the time", weights={"bad-deploy": -4.0})


def _announced(case: Case) -> list[Change]:
    """Versions that the process names in the log when it starts; the first of them was there before."""
    logs = case.evidence.logs
    said = [
        (pattern.first, version)
        for pattern in (logs.patterns if logs else ())
        if any(s.cause == "start" for s in classify(pattern))
        for key, versions in pattern.fields.items()
        if key.lower().endswith(_VERSIONS)
        for version in versions
    ]
    said.sort()
    named = list(dict.fromkeys(version for _, version in said))
    return [
        Change(min(at for at, v in said if v == version), "version", "", f"version: {version}", "log")
        for version in named[1:]
    ]


def starts_unnamed(case: Case) -> list[Change]:
    """Starts that the log shows within the window, where no metric tells the version; one alone may be a deploy.

    What the line of the start says of a version is given, but nothing tells whether it is another than before.
    """
    logs = case.evidence.logs
    if logs is None or case.of(Role.VERSION):
        return []
    said = [p for p in logs.patterns if any(s.cause == "start" for s in classify(p)) and p.count == 1]
    inside = [p for p in said if p.first > logs.window.start + EDGE_S]
    named = next((version for p in inside if (version := _said(p))), "")
    title = f"the process started anew, in version {named}" if named else _UNNAMED
    return [Change(p.first, "start", "", title, "log") for p in inside]


def _said(pattern: Pattern) -> str:
    """The version that the line of a start tells in a field or in its text, '' where it is that of a runtime."""
    fields = (seen for key, seen in sorted(pattern.fields.items()) if key.lower().endswith(_VERSIONS))
    if found := next((value for seen in fields for value in seen), ""):
        return found
    told = [match for text in pattern.examples for match in _NUMBER.finditer(text)]
    return next((one["number"] for one in told if (one["of"] or "").lower() not in _RUNTIMES), "")


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
