"""Probes: can it be reached at all? They only read, and run only when somebody asks for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.probes import Probe, Step
from diagnose.sources.probes.attempt import Attempt
from diagnose.sources.probes.target import Target, parse
from diagnose.sources.redact import Redactor

_AT_ONCE = 8
_SAID = 300  # characters that are kept of what a stranger answers


def collect(
    texts: Iterable[str], *, clock: Callable[[], float] = time.time
) -> tuple[tuple[Probe, ...], tuple[Gap, ...]]:
    """Try every target, side by side; a step that could not be tried is a gap with the command that tries it.

    Raises UsageError for a target that cannot be understood.
    """
    targets = list(dict.fromkeys(parse(text) for text in texts))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        attempts = [one for found in pool.map(_tried, targets) for one in found]
    at, redactor = clock(), Redactor()
    probes = tuple(_probe(one, at, redactor.redact) for one in attempts)
    gaps = tuple(Gap(Signal.PROBE, one.said, one.command) for one in probes if one.held is None)
    return probes, gaps


def _probe(attempt: Attempt, at: float, redact: Callable[[str], str]) -> Probe:
    said = redact(" ".join(attempt.said.split()))[:_SAID]
    return Probe(attempt.step, attempt.target, at, attempt.held, said, attempt.command, attempt.reason)


def _tried(target: Target) -> list[Attempt]:
    """The steps towards a target, up to the first that fails: what lies behind it cannot be judged."""
    from diagnose.sources.probes import containers, http, logins, network, processes, tls

    steps: dict[Step, Callable[[Target], Iterable[Attempt]]] = {
        Step.PROCESS: processes.tried,
        Step.CONTAINER: containers.tried,
        Step.NAME: network.resolved,
        Step.PORT: network.connected,
        Step.TLS: tls.trusted,
        Step.LOGIN: logins.admitted,
        Step.HTTP: http.answered,
    }
    done: list[Attempt] = []
    for step in target.steps:
        done += steps[step](target)
        if any(one.held is False for one in done):
            break
    return done
