"""What a failed probe speaks for, and what it does not claim."""

from __future__ import annotations

import pytest

from diagnose.checks.examine import align
from diagnose.checks.finding import Answer
from diagnose.checks.reach import FRESH_S, fails
from diagnose.investigate import diagnose, library_of
from diagnose.signals.evidence import Evidence
from diagnose.signals.probes import Probe, Step
from diagnose.signals.window import Window

WINDOW = Window(1_795_000_000.0, 1_795_003_600.0)


def evidence(*probes: Probe) -> Evidence:
    return Evidence(window=WINDOW, service="shop", probes=probes)


def probe(step: Step, *, held: bool | None, reason: str = "", at: float = WINDOW.end) -> Probe:
    return Probe(step, "db:5432", at, held, f"{step} {reason}", "nc -vz db 5432", reason)


@pytest.mark.parametrize(
    ("step", "reason", "cause"),
    [
        (Step.CONTAINER, "killed", "oom-kill"),
        (Step.CONTAINER, "restarting", "crash-loop"),
        (Step.CONTAINER, "unmapped", "bad-config"),
        (Step.PORT, "closed", "bad-config"),
        (Step.PROCESS, "absent", "dependency-down"),
        (Step.PORT, "refused", "dependency-down"),
        (Step.NAME, "unknown-name", "dns-failure"),
        (Step.TLS, "expired", "tls-certificate"),
        (Step.LOGIN, "denied", "auth-failure"),
        (Step.HTTP, "limited", "rate-limited"),
        (Step.HTTP, "timeout", "slow-dependency"),
    ],
)
def test_the_first_step_that_fails_names_the_cause(step: Step, reason: str, cause: str) -> None:
    found, _ = diagnose(evidence(probe(step, held=False, reason=reason)), library_of("triage"))
    assert found.verdict.cause == cause
    assert found.verdict.culprit is not None
    assert found.verdict.culprit.name == "db:5432"


def test_what_answers_now_is_not_called_healthy() -> None:
    found, _ = diagnose(evidence(probe(Step.NAME, held=True), probe(Step.PORT, held=True)), library_of("triage"))
    assert found.verdict.cause == "inconclusive"


def test_what_nobody_probed_did_not_fail() -> None:
    assert fails(align(evidence()), step="any").answer is Answer.NO


def test_what_could_not_be_tried_is_unknown() -> None:
    case = align(evidence(probe(Step.CONTAINER, held=None)))
    assert fails(case, step="runs").answer is Answer.UNKNOWN
    assert fails(align(evidence(probe(Step.PORT, held=True))), step="tls").answer is Answer.UNKNOWN


def test_a_failure_long_after_the_window_says_less() -> None:
    fresh, stale = (
        fails(align(evidence(probe(Step.PORT, held=False, reason="refused", at=WINDOW.end + late))), step="port")
        for late in (0.0, 2 * FRESH_S)
    )
    assert fresh.answer is stale.answer is Answer.YES
    assert stale.weights["dependency-down"] < fresh.weights["dependency-down"] / 2
