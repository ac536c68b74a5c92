"""Whether the process starts again and again, and whether it was killed for its memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from diagnose.checks.case import Case, heard
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, Observation, no, unknown, yes
from diagnose.checks.logs.moves import PatternMove
from diagnose.checks.logs.signatures import Signature, classify
from diagnose.checks.logs.traces import thrown
from diagnose.checks.metrics.change import MetricChange
from diagnose.checks.observe import of_change, of_pattern
from diagnose.checks.words import alarming, blamed, named, no_log
from diagnose.checks.world import events, restarted
from diagnose.signals.events import Level
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import Role

_NO_START = Gap(
    Signal.METRIC,
    "no start time is exported",
    "kubectl get pod POD -o jsonpath='{.status.startTime} {.status.containerStatuses[*].restartCount}' "
    "|| ps -o lstart= -p PID",
)
ONE_START_S, TWICE = 5.0, 2
RELEASE_S = 20.0  # how far a new version's first scrape may be from its start
CLIMB = 1.6  # memory at the end against memory right after the start


def starts(case: Case) -> int:
    """How often the process started during the incident, by its start time or by what it logs; releases left out."""
    since = case.incident.start - 30
    releases = [change.at for change in case.versions if change.at >= since]
    seen = [change.at for change in restarted(case) if change.at >= since]
    alone = [at for at in seen if not any(abs(at - release) < RELEASE_S for release in releases)]
    return max(len(alone), logged_starts(case) - len(releases))


def logged_starts(case: Case) -> int:
    """How often the log shows the message of a start during the incident."""
    logs, most = case.evidence.logs, 0
    if logs is None or (case.baseline is None and _crash(case) is None):
        return 0  # what starts evenly all through the window are workers, not the process
    first = int((case.incident.start - 30 - logs.window.start) / logs.bucket_s)
    for pattern in logs.patterns:
        if any(s.cause == "start" for s in classify(pattern)):
            most = max(
                most, _apart({bucket: n for bucket, n in pattern.counts.items() if bucket >= first}, logs.bucket_s)
            )
    return most


def _apart(counts: Mapping[int, int], bucket_s: float) -> int:
    """How many starts lines at these buckets tell: a server with two ports says twice within moments that it runs."""
    at = sorted(counts)
    lone = sum(later - earlier > max(1.0, ONE_START_S / bucket_s) for earlier, later in pairwise(at)) + bool(at)
    many = sum(counts.values())
    return many if many > TWICE * lone else lone


def restarts(case: Case, *, at_least: int) -> Finding:
    """Whether the process starts again and again."""
    told = events(case, "crash-loop")
    if not case.of(Role.START_TIME, Role.UP, Role.RESTARTS) and not heard(case) and not told:
        return unknown("nothing tells when the process started", _NO_START)
    count = starts(case)
    crash = _crash(case)
    watcher = next((move for move, phrase in named(case, "crash-loop") if phrase.id == "crash-backoff"), None)
    if watcher is not None and count < at_least:
        said = of_pattern(case, watcher)
        return yes(said.title, strength=0.9, weights={"crash-loop": 4.0, "oom-kill": 1.0}, evidence=(said,))
    if told and count < at_least + 1:
        return yes(told[0].title, strength=0.9, weights={"crash-loop": 4.0, "oom-kill": 1.0}, evidence=told[:4])
    if count < at_least + (0 if crash or named(case, "crash-loop") else 1):
        return no(
            f"{count or 'no'} restart{'s' * (count != 1)} in the incident",
            weights={"crash-loop": -4.0, "oom-kill": -1.0},
        )
    seen = [_restart_evidence(case, count), *told[:2]]
    return yes(
        f"the process started {count} times in the incident",
        strength=min(1.0, 0.4 + 0.15 * count),
        weights={"crash-loop": 4.0, "oom-kill": 1.0},
        evidence=tuple(seen + ([of_pattern(case, crash)] if crash else [])),
        culprit=blamed(crash.pattern) if crash else None,
        alike=() if crash else ("oom-kill",),
    )


def _crash(case: Case) -> PatternMove | None:
    """The last words of the process: a fatal line or a stack trace that is new."""
    fatal = [m for m in alarming(case) if m.pattern.level is Level.FATAL or thrown(m.pattern)]
    fatal.sort(key=lambda m: (not m.pattern.stack, m.pattern.level is not Level.FATAL, -m.strength))
    return fatal[0] if fatal else None


def _restart_evidence(case: Case, count: int) -> Observation:
    own = restarted(case)
    return Observation(
        id="change:restarts",
        signal=Signal.CHANGE,
        title=f"{count} starts of the process in the incident",
        at=own[0].at if own else case.onset,
        window=case.incident,
        baseline=0.0,
        observed=float(count),
        unit="",
        strength=min(1.0, 0.4 + 0.15 * count),
        reproduce="changes(process_start_time_seconds[10m])",
    )


def killed(case: Case, *, share: float) -> Finding:
    """Whether the process was killed for its memory: the log or a counter says so, or it died near its limit."""
    if told := events(case, "oom-kill"):
        limit = _memory(case) or Culprit("resource", "memory limit")
        return yes(told[0].title, strength=0.9, weights={"oom-kill": 5.0}, evidence=told[:4], culprit=limit)
    words = named(case, "oom-kill")
    counted = case.change(Role.OOM_KILLS, up=True)
    if counted is None and _goes_on(case, words):
        return no("a runtime could not allocate and goes on: nobody killed it", weights={"oom-kill": -3.0})
    return _said(case, words, counted) if words or counted is not None else _by_memory(case, share)


def _said(case: Case, words: Sequence[tuple[PatternMove, Signature]], counted: MetricChange | None) -> Finding:
    """A kill that the log or a counter tells of."""
    best = words[0][0] if words else None
    return yes(
        f"the log says: {best.pattern.template[:160]}" if best else "out-of-memory kills were counted",
        strength=max(best.strength * words[0][1].weight if best else 0.0, counted.strength if counted else 0.0),
        weights={"oom-kill": 5.0},
        evidence=tuple([of_pattern(case, m) for m, _ in words[:2]] + ([of_change(case, counted)] if counted else [])),
        culprit=_memory(case) or (blamed(best.pattern) if best else Culprit("resource", "memory limit")),
    )


def _by_memory(case: Case, share: float) -> Finding:
    """A kill that nobody tells of, by what memory did before the process started again."""
    near = _near_limit(case, share)
    if near is None and _climbs(case) and _crash(case) is None:
        return yes(
            "memory climbed before each restart and fell with it"
            + (", and no panic was logged" if heard(case) else ""),
            strength=0.7,
            weights={"oom-kill": 4.0},
            culprit=_memory(case),
            alike=() if heard(case) else ("crash-loop",),  # the memory of a young process climbs whatever ends it
        )
    if near is not None and starts(case):
        return yes(near, strength=0.7, weights={"oom-kill": 3.0}, culprit=Culprit("resource", "memory limit"))
    if not heard(case) and not case.of(Role.MEMORY, Role.HEAP):
        return unknown("nothing tells of memory")
    return no("nothing speaks of a kill for memory", weights={"oom-kill": -3.0})


def _goes_on(case: Case, words: Sequence[tuple[PatternMove, Signature]]) -> bool:
    """Whether only a runtime says that it could not allocate, not as its last words, and the process did not start."""
    said = {phrase.id for _, phrase in words} == {"oom-runtime"}
    return said and all(move.pattern.level is not Level.FATAL for move, _ in words) and not starts(case)


def exhausted(case: Case) -> Finding:
    """Whether a runtime ran out of memory and goes on: something fills its heap, wherever the error is thrown."""
    words = named(case, "oom-kill")
    if not heard(case):
        return unknown("there is no log to read", no_log(case))
    if not _goes_on(case, words):
        return no("no runtime ran out of memory and went on")
    move, phrase = words[0]
    return yes(
        f"the log says: {move.pattern.template[:160]}",
        strength=move.strength * phrase.weight,
        weights={"memory-leak": 4.0},
        evidence=tuple(of_pattern(case, one) for one, _ in words[:2]),
        culprit=_memory(case),
        alike=("gc-pressure",),
    )


def _climbs(case: Case) -> bool:
    """Whether memory was well above its level after the start each time the process ended."""
    used = case.of(Role.MEMORY) or case.of(Role.HEAP)
    ends = [change.at for change in restarted(case) if change.at >= case.incident.start - 30]
    if not used or len(ends) < 2:
        return False
    times, values = used[0].times, used[0].values
    falls = []
    for end in ends:
        before = values[(times < end) & (times > end - 20) & np.isfinite(values)]
        after = values[(times >= end) & (times < end + 20) & np.isfinite(values)]
        if before.size and after.size:
            falls.append(float(before.max()) >= CLIMB * float(after.min()))
    return len(falls) >= 2 and sum(falls) >= 0.7 * len(falls)


def _memory(case: Case) -> Culprit | None:
    used = case.of(Role.MEMORY, Role.HEAP)
    return Culprit("resource", used[0].name, "memory") if used else None


def _near_limit(case: Case, share: float) -> str | None:
    used, limit = case.of(Role.MEMORY), case.of(Role.MEMORY_LIMIT)
    if not used or not limit:
        return None
    top, cap = np.nanmax(used[0].values), np.nanmedian(limit[0].values)
    if not (0 < cap < 1e14 and top >= share * cap):
        return None
    return f"memory reached {top / cap:.0%} of its limit before a restart"


CHECKS = (
    Check(
        CheckSpec(
            "restarts.repeated",
            "Does the process start again and again?",
            {"at_least": ParameterSpec(int, 2)},
            (Signal.METRIC, Signal.LOG),
        ),
        restarts,
    ),
    Check(
        CheckSpec(
            "memory.killed",
            "Was the process killed for its memory?",
            {"share": ParameterSpec(float, 0.9, "ratio")},
            (Signal.METRIC, Signal.LOG),
        ),
        killed,
    ),
    Check(CheckSpec("memory.exhausted", "Did a runtime run out of memory and go on?", {}, (Signal.LOG,)), exhausted),
)
