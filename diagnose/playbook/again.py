"""The command that fills a gap, as exact as the evidence allows."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import replace

from diagnose.signals.evidence import Evidence, Gap, Signal
from diagnose.signals.window import Window, rfc3339

RERUN = "diagnose incident"
_OPTIONS = {
    Signal.LOG: "--logs FILE",
    Signal.METRIC: "--prometheus URL --select 'job=\"NAME\"'",
    Signal.PROFILE: "--profiles http://SERVICE:6060/debug/pprof",
}
_ELSE = {
    Signal.LOG: "kubectl logs deployment/NAME --since=1h --timestamps > app.log",
    Signal.METRIC: "curl -sS -m 5 http://SERVICE/metrics",
    Signal.PROFILE: "curl -sS -o goroutine.pb.gz http://SERVICE:6060/debug/pprof/goroutine",
    Signal.TRACE: "kubectl logs deployment/NAME --since=1h --timestamps",
    Signal.CHANGE: "kubectl rollout history deployment/NAME; kubectl get events --sort-by=.lastTimestamp",
    Signal.PROBE: "curl -sSv -o /dev/null -m 10 URL",
}
_EARLIER = "--start EARLIER"
_MANY = 4


def exact(gap: Gap, evidence: Evidence) -> Gap:
    """The gap with a command: where a whole signal is absent, diagnose once more with it and all that was given.

    Where the signal was given and told nothing, another run would not help: then what the service itself gives is
    looked at. A run that shall begin earlier begins as long before the window as the window is long.
    """
    window = evidence.window
    if gap.command and not gap.command.startswith(RERUN):
        return gap
    if gap.command and _EARLIER in gap.command:
        earlier = Window(window.start - window.duration, window.end)
        return replace(gap, command=" ".join((RERUN, *_span(earlier), *_sources(evidence))))
    if gap.signal in _OPTIONS and not _given(evidence)[gap.signal]:
        return replace(gap, command=" ".join((RERUN, *_span(window), *_sources(evidence, gap.signal))))
    return replace(gap, command=_ELSE[gap.signal])


def _span(window: Window) -> Iterator[str]:
    yield f"--start {rfc3339(window.start)}"
    yield f"--end {rfc3339(window.end)}"


def _sources(evidence: Evidence, wanted: Signal | None = None) -> Iterator[str]:
    for signal, option in _given(evidence).items():
        if option or signal is wanted:
            yield option or _OPTIONS[signal]


def _given(evidence: Evidence) -> dict[Signal, str]:
    """The options that give what is there, empty for what is not."""
    return {Signal.METRIC: _metrics(evidence), Signal.LOG: _logs(evidence), Signal.PROFILE: _profiles(evidence)}


def _metrics(evidence: Evidence) -> str:
    if evidence.prometheus:
        select = f" --select {shlex.quote(evidence.select)}" if evidence.select else ""
        return f"--prometheus {shlex.quote(evidence.prometheus)}{select}"
    return "--metrics FILE" if evidence.series else ""


def _logs(evidence: Evidence) -> str:
    names = [source.name for source in evidence.logs.sources] if evidence.logs else []
    return _listed("--logs", names)


def _profiles(evidence: Evidence) -> str:
    return _listed("--profiles", [profile.source for profile in evidence.profiles])


def _listed(option: str, names: list[str]) -> str:
    """The option for each of a few names, else for the folders that hold them."""
    few = sorted(set(names))
    if len(few) > _MANY:
        few = sorted({os.path.dirname(name) or "." for name in few})  # noqa: PTH120 - names may be addresses
    return " ".join(f"{option} {shlex.quote(name)}" for name in few[:_MANY])
