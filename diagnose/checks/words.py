"""What the log says in words: well-known faults named by messages that were not there before."""

from __future__ import annotations

import re

from diagnose.checks.alike import REQUESTS_FAIL, REQUESTS_WAIT
from diagnose.checks.case import Case, heard
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, no, unknown, yes
from diagnose.checks.labels import labelled
from diagnose.checks.logs.moves import PatternMove
from diagnose.checks.logs.phrases import PHRASES
from diagnose.checks.logs.signatures import Signature, classify
from diagnose.checks.logs.traces import culprit as traced
from diagnose.checks.observe import of_pattern
from diagnose.checks.world import events
from diagnose.signals.events import Level, Pattern
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import Role

# What software names outright; of other faults a silent log says nothing.
SPOKEN = {
    "fd-leak": "files that cannot be opened",
    "disk-full": "a full disk",
    "tls-certificate": "certificates",
    "dns-failure": "names that do not resolve",
    "auth-failure": "refused credentials",
    "rate-limited": "a rate limit",
    "dependency-down": "refused or broken connections",
    "bad-config": "the configuration",
    "deadlock": "a deadlock",
}
SELDOM = frozenset({"bad-config", "deadlock"})
"""Of these only some software speaks: databases and runtimes, not a program of its own locks and settings."""
SAID = tuple(sorted({phrase.cause for phrase in PHRASES} - {"start", "shutdown", "harmless"}))
"""The causes that words can name."""
MOVED = {"new", "spike"}
_CODE = {"application-error", "crash-loop"}  # whoever starts again after a crash was asked for before
_HANGS = re.compile(
    r"time-?out|timed out|\b(?:hung|hang|stuck|blocked|unresponsive|still (?:open|running|busy))\b", re.I
)


def moved(case: Case) -> list[PatternMove]:
    """Patterns that appeared or multiplied with the incident, strongest first."""
    return sorted((m for m in case.moves if m.kind in MOVED), key=lambda m: (-m.strength, m.pattern.id))


def alarming(case: Case) -> list[PatternMove]:
    """Those of them that tell of a fault: an error, or the words of one.

    What a client gave up is left out. A warning without such words counts only where no metric can tell whether
    requests suffer: services warn of much that hurts nobody.
    """
    measured = bool(case.of(Role.ERRORS, Role.ERROR_RATIO, Role.REQUESTS))
    return [m for m in moved(case) if _bad(m.pattern, warnings=not measured)]


def _bad(pattern: Pattern, *, warnings: bool) -> bool:
    causes = {signature.cause for signature in classify(pattern)}
    if "harmless" in causes:
        return False
    levels = {Level.ERROR, Level.FATAL, Level.WARN} if warnings else {Level.ERROR, Level.FATAL}
    return pattern.level in levels or bool(causes - {"start", "shutdown"})


def named(case: Case, cause: str) -> list[tuple[PatternMove, Signature]]:
    """Moved patterns whose words name a cause, strongest first."""
    found = [(m, s) for m in moved(case) for s in classify(m.pattern) if s.cause == cause]
    return sorted(found, key=lambda pair: (-pair[0].strength * pair[1].weight, pair[0].pattern.id))


def says(case: Case, *, cause: str, at_least: float, share: float) -> Finding:
    """Whether new messages, the cluster or the labels of failing calls name a cause, as a share of all that is bad."""
    if told := events(case, cause):
        return yes(f"the cluster says: {told[0].title}", strength=0.9, weights={cause: 4.0}, evidence=told[:4])
    found = named(case, cause)
    written = _written(case, cause, found) if _share(case, found) >= share else None
    if written is not None and written.strength >= at_least:
        return written
    return labelled(case, cause, share=share) or _unsaid(case, cause, found)


def _unsaid(case: Case, cause: str, found: list[tuple[PatternMove, Signature]]) -> Finding:
    if not heard(case):
        return unknown("there is no log to read", no_log(case))
    if found:
        lines, part = _lines(found), _share(case, found)
        return no(f"only {lines} lines ({part:.0%} of the new errors) speak of it", weights={cause: 0.3})
    if cause not in SPOKEN:  # few programs put it into words
        return no(f"no new message speaks of {cause.replace('-', ' ')}")
    against = -2.0 if alarming(case) and cause not in SELDOM else -0.5  # a log that tells of trouble would name it
    return no(f"no new message speaks of {SPOKEN[cause]}", weights={cause: against})


def _lines(found: list[tuple[PatternMove, Signature]]) -> int:
    return sum({m.pattern.id: m.incident_count for m, _ in found}.values())


def _written(case: Case, cause: str, found: list[tuple[PatternMove, Signature]]) -> Finding | None:
    if not found:
        return None
    strength = max(m.strength * s.weight for m, s in found)
    best = found[0][0]
    seen = {m.pattern.id: of_pattern(case, m) for m, _ in found}
    return yes(
        f"{_lines(found)} new lines such as: {_example(best.pattern)}",
        strength=min(1.0, strength),
        weights={cause: 4.0},
        evidence=tuple(seen.values())[:4],
        culprit=blamed(best.pattern),
    )


def _share(case: Case, found: list[tuple[PatternMove, Signature]]) -> float:
    ids = {m.pattern.id for m, _ in found}
    counts = {m.pattern.id: m.incident_count for m in alarming(case)} | {
        m.pattern.id: m.incident_count for m, _ in found
    }
    total = sum(counts.values())
    return sum(counts[i] for i in ids) / total if total else 0.0


def blamed(pattern: Pattern) -> Culprit:
    """The application's own frame of the pattern's stack trace, or the pattern itself."""
    frame = traced(pattern)
    if frame is None:
        return Culprit("log-pattern", _example(pattern), pattern.source)
    function, location = frame
    return Culprit(
        "function", function, f"{location} ({_example(pattern, 120)})" if location else _example(pattern, 120)
    )


def _example(pattern: Pattern, length: int = 200) -> str:
    text = pattern.examples[0] if pattern.examples else pattern.template
    return text if len(text) <= length else text[: length - 1] + "…"


def no_log(case: Case) -> Gap:
    """What would give a log: that of the source which gave none, or the run with one."""
    return next(
        (gap for gap in case.evidence.gaps if gap.signal is Signal.LOG),
        Gap(Signal.LOG, "no log was given", "diagnose incident --logs FILE ..."),
    )


def errors(case: Case, *, at_least: float, own: bool) -> Finding:
    """Whether the application itself reports new errors; `own`: only such as name its code or a fault of code."""
    if not heard(case):
        return unknown("there is no log to read", no_log(case))
    bad = [m for m in alarming(case) if m.strength >= at_least and m.pattern.level is not Level.WARN]
    bad = [m for m in bad if not own or _of_code(m.pattern)]
    if not bad:
        return no("the log holds no new kind of error", weights={"application-error": -2.0})
    best = max(bad, key=lambda m: (traced(m.pattern) is not None, m.strength))
    lines = sum(m.incident_count for m in bad)
    code = _of_code(best.pattern)
    waits = _waits(case, at_least)
    return yes(
        f"{lines} new error lines, most of all: {_example(best.pattern)}",
        strength=max(m.strength for m in bad),
        weights={"application-error": 0.5 if waits and not code else 2.5},  # whoever waits too long fails as well
        evidence=tuple(of_pattern(case, m) for m in bad[:4]),
        culprit=blamed(best.pattern),
        alike=() if code else _unnamed(waits),
    )


def _waits(case: Case, at_least: float) -> bool | None:
    """Whether requests wait longer than before, None where nothing measures it."""
    if not case.of(Role.LATENCY, Role.LATENCY_TAIL):
        return None
    slow = case.change(Role.LATENCY, Role.LATENCY_TAIL, up=True)
    return slow is not None and slow.strength > at_least


def _unnamed(waits: bool | None) -> tuple[str, ...]:
    """The causes of a line that only says that something failed; no wait is the cause where nobody waits."""
    if waits is False:
        return tuple(cause for cause in REQUESTS_FAIL if cause not in REQUESTS_WAIT)
    return (*REQUESTS_FAIL, *REQUESTS_WAIT)


def _of_code(pattern: Pattern) -> bool:
    """Whether a message tells of a fault of code; one that says where somebody hangs, or memory ends, is none."""
    causes = {signature.cause for signature in classify(pattern)}
    if _HANGS.search(pattern.template) or "oom-kill" in causes:
        return False
    return traced(pattern) is not None or bool(_CODE & causes)


_AT_LEAST = ParameterSpec(float, 0.4, "ratio", "strength from which messages count")

CHECKS = (
    Check(
        CheckSpec(
            "log.says",
            "Do new messages in the log, or the labels of failing calls, name this cause?",
            {
                "cause": ParameterSpec(str, title="a cause id", choices=SAID),
                "at_least": _AT_LEAST,
                "share": ParameterSpec(float, 0.1, "ratio", "least share of the new bad messages"),
            },
            (Signal.LOG, Signal.METRIC),
        ),
        says,
    ),
    Check(
        CheckSpec(
            "log.errors",
            "Does the application report new errors?",
            {"at_least": _AT_LEAST, "own": ParameterSpec(bool, False, title="only errors of its own code")},
            (Signal.LOG,),
        ),
        errors,
    ),
)
