"""What the stacks say: who is stuck and why, and which lock is held too long."""

from __future__ import annotations

from dataclasses import dataclass

from diagnose.checks.case import Case, passed
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, no, unknown, yes
from diagnose.checks.observe import of_change, of_profile, profile_gap
from diagnose.checks.opened import blamed_for
from diagnose.checks.profiles.goroutines import GoroutineVerdict
from diagnose.checks.profiles.locks import LockVerdict
from diagnose.signals.evidence import Signal
from diagnose.signals.profile import ProfileKind
from diagnose.signals.series import Role

LASTING = {"leak", "connections"}  # what never goes away by itself
UNITS = {
    ProfileKind.GOROUTINE: "goroutines",
    ProfileKind.GOROUTINE_LEAK: "goroutines",
    ProfileKind.THREADS: "threads",
}
CAUSE_OF = {
    "leak": "goroutine-leak",
    "deadlock": "deadlock",
    "contention": "lock-contention",
    "pool": "db-pool-exhaustion",
    "upstream": "slow-dependency",
    "connections": "connection-leak",
}


def stuck(case: Case, *, kind: str, at_least: float) -> Finding:
    """Whether a goroutine profile or a thread dump shows a crowd of this kind (the keys of CAUSE_OF)."""
    verdict = case.judged.goroutines
    if verdict is None:
        return unknown("no goroutine profile of the incident", profile_gap(case, ProfileKind.GOROUTINE))
    cause = CAUSE_OF[kind]
    if verdict.kind == "none":
        return no(f"no crowd in the {verdict.profile} profile ({verdict.because.split(';')[0]})", weights={cause: -1.5})
    if verdict.kind != kind or verdict.strength < at_least:
        return no(
            f"the crowd in the {verdict.profile} profile is of another kind ({verdict.kind})", weights={cause: -1.5}
        )
    if kind in LASTING and passed(case, Role.GOROUTINES):
        return no("there was a crowd when the profile was taken, and the count of goroutines came down again")
    before = float(verdict.before) if verdict.before is not None else None
    seen = of_profile(
        case,
        verdict.profile,
        title=verdict.because,
        numbers=(before, float(verdict.total), UNITS[verdict.profile]),
        strength=verdict.strength,
    )
    return yes(
        verdict.because,
        strength=verdict.strength,
        weights={cause: 4.0},
        evidence=(seen,),
        culprit=blamed_for(case, kind, verdict.function, verdict.location),
    )


def contended(case: Case, *, at_least: float) -> Finding:
    """Whether callers wait for a lock, by the goroutine, mutex and block profiles or by a metric."""
    locks, crowd = case.judged.locks, case.judged.goroutines
    waited = case.change(Role.LOCK_WAIT, Role.THREADS_BLOCKED, up=True)
    told: list[_Told] = []
    if locks is not None and _held_up(locks, crowd) and locks.strength >= at_least:
        told.append(_Told(locks.because, locks.strength, locks.function, locks.location))
    if crowd is not None and crowd.kind == "contention" and crowd.strength >= at_least:
        told.append(_Told(crowd.because, crowd.strength, crowd.function, crowd.location))
    if waited is not None and waited.strength >= at_least:
        told.append(
            _Told(f"{waited.measure.role.replace('-', ' ')} rose to {waited.observed:.3g}", waited.strength, "", "")
        )
    if not told:
        if locks is None and crowd is None and not case.of(Role.LOCK_WAIT, Role.THREADS_BLOCKED):
            return unknown("no profile tells who waits for locks", profile_gap(case, ProfileKind.MUTEX))
        return no("nobody waits long for a lock", weights={"lock-contention": -2.5})
    named = next((one for one in told if one.function), told[0])
    evidence = [of_change(case, waited)] if waited is not None else []
    for kind in (ProfileKind.MUTEX, ProfileKind.BLOCK, ProfileKind.GOROUTINE, ProfileKind.THREADS):
        if kind in case.pairs:
            rate = locks.wait_per_s if locks is not None else None
            evidence.append(
                of_profile(case, kind, title=named.because, numbers=(None, rate, "s/s"), strength=named.strength)
            )
            break
    culprit = Culprit("function", named.function, named.location) if named.function else None
    strength = max(one.strength for one in told)
    return yes(
        "; ".join(one.because for one in told),
        strength=strength,
        weights={"lock-contention": 4.0},
        evidence=tuple(evidence),
        culprit=culprit,
    )


def _held_up(locks: LockVerdict, crowd: GoroutineVerdict | None) -> bool:
    """Whether a lock is contended, or work waits within the process and no crowd tells for what."""
    return locks.kind == "contention" or (locks.kind == "waiting" and (crowd is None or crowd.kind == "none"))


@dataclass(frozen=True, slots=True)
class _Told:
    because: str
    strength: float
    function: str
    location: str


_AT_LEAST = ParameterSpec(float, 0.4, "ratio", "strength from which a finding counts")
_PROFILE = (Signal.PROFILE,)

CHECKS = (
    Check(
        CheckSpec(
            "goroutines.stuck",
            "Does the goroutine profile show a crowd of this kind?",
            {"kind": ParameterSpec(str, title="kind of crowd", choices=tuple(CAUSE_OF)), "at_least": _AT_LEAST},
            _PROFILE,
        ),
        stuck,
    ),
    Check(
        CheckSpec(
            "locks.contended", "Do callers wait for a lock?", {"at_least": _AT_LEAST}, (Signal.PROFILE, Signal.METRIC)
        ),
        contended,
    ),
)
