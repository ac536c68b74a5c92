"""What the probes say: does it run, does it listen, is it trusted, does it let anybody in."""

from __future__ import annotations

from collections.abc import Mapping

from diagnose.checks.case import Case
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, Observation, no, unknown, yes
from diagnose.signals.evidence import Signal
from diagnose.signals.probes import Probe, Step
from diagnose.signals.window import Window

FRESH_S = 900.0
"""Seconds after the window in which a probe still speaks of what happened in it; what was mended by then answers."""
_STALE = 0.4
_DOWN = {"dependency-down": 4.0}
ANY = "any"
_STEPS = {
    ANY: tuple(Step),
    "runs": (Step.PROCESS, Step.CONTAINER),
    "name": (Step.NAME,),
    "port": (Step.PORT,),
    "mapping": (Step.CONTAINER, Step.PORT),
    "tls": (Step.TLS,),
    "login": (Step.LOGIN, Step.HTTP),
    "answer": (Step.LOGIN, Step.HTTP, Step.CONTAINER),
}
# What a failure speaks for, in log-odds: by step and reason, else by step.
_WEIGHTS: Mapping[tuple[Step, str], Mapping[str, float]] = {
    (Step.PROCESS, ""): _DOWN,
    (Step.PROCESS, "zombie"): {"crash-loop": 3.0},
    (Step.CONTAINER, ""): _DOWN,
    (Step.CONTAINER, "exited"): {"dependency-down": 3.0, "crash-loop": 2.0},
    (Step.CONTAINER, "restarting"): {"crash-loop": 5.0},
    (Step.CONTAINER, "killed"): {"oom-kill": 5.0},
    (Step.CONTAINER, "unmapped"): {"bad-config": 4.0},
    (Step.CONTAINER, "unhealthy"): {"dependency-down": 2.0},
    (Step.NAME, ""): {"dns-failure": 5.0},
    (Step.PORT, ""): _DOWN,
    (Step.PORT, "closed"): {"bad-config": 3.0, "dependency-down": 2.0},
    (Step.TLS, ""): {"tls-certificate": 5.0},
    (Step.TLS, "handshake"): {"tls-certificate": 2.5, "bad-config": 2.0},
    (Step.LOGIN, ""): {"dependency-down": 2.5},
    (Step.LOGIN, "denied"): {"auth-failure": 5.0},
    (Step.LOGIN, "full"): {"db-pool-exhaustion": 3.0},
    (Step.HTTP, ""): {"dependency-down": 2.5},
    (Step.HTTP, "denied"): {"auth-failure": 4.0},
    (Step.HTTP, "limited"): {"rate-limited": 4.0},
    (Step.HTTP, "timeout"): {"slow-dependency": 3.0, "dependency-down": 1.0},
}


def fails(case: Case, *, step: str, reasons: tuple[str, ...] = ()) -> Finding:
    """Whether a step towards something that was probed fails; `reasons` empty takes any."""
    if step == ANY and not case.evidence.probes:
        return no("nothing was probed")
    steps = _STEPS[step]
    tried = [probe for probe in case.evidence.probes if probe.step in steps and probe.held is not None]
    if not tried:
        return unknown("nothing of the kind was probed")
    failed = [probe for probe in tried if not probe.held and (not reasons or probe.reason in reasons)]
    if not failed:
        return no("; ".join(probe.said for probe in tried[:3] if probe.held) or "what was probed failed otherwise")
    worst = failed[0]
    return yes(
        "; ".join(probe.said for probe in failed[:3]),
        strength=1.0 if worst.at < case.evidence.window.end + FRESH_S else _STALE,
        weights=_WEIGHTS.get((worst.step, worst.reason), _WEIGHTS[worst.step, ""]),
        evidence=tuple(_observation(probe, case.evidence.window) for probe in failed),
        culprit=Culprit("dependency", worst.target, worst.said),
    )


def _observation(probe: Probe, window: Window) -> Observation:
    return Observation(
        id=f"probe:{probe.step}:{probe.target}",
        signal=Signal.PROBE,
        title=probe.said,
        at=probe.at,
        window=window,
        baseline=None,
        observed=None,
        unit="",
        strength=0.9,
        reproduce=probe.command,
    )


CHECKS = (
    Check(
        CheckSpec(
            "probe.fails",
            "Does a step towards something that was probed fail?",
            {
                "step": ParameterSpec(str, ANY, title="which step", choices=tuple(_STEPS)),
                "reasons": ParameterSpec(tuple, (), title="how it failed: refused, expired, denied, ...; empty: any"),
            },
            (Signal.PROBE,),
        ),
        fails,
    ),
)
