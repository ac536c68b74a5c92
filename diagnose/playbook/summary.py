"""The verdict in one sentence that a tired person understands."""

from __future__ import annotations

import re

from diagnose.checks.finding import Culprit
from diagnose.playbook.plain import place_and_note, plain, short
from diagnose.signals.window import rfc3339

SENTENCES = {
    "goroutine-leak": "{service} leaks goroutines{at}",
    "memory-leak": "{service} keeps memory that it no longer needs{at}",
    "connection-leak": "{service} opens connections{at} and does not release them",
    "fd-leak": "{service} opens files{at} and does not close them",
    "cpu-hotspot": "{service} burns processor time{at}",
    "gc-pressure": "{service} spends its processor on garbage collection{at}",
    "lock-contention": "{service} waits for a lock that is held too long{at}",
    "deadlock": "{service} is stuck, its own threads wait for one another{at}",
    "db-pool-exhaustion": "{service} has no free connection left in its pool{at}",
    "slow-dependency": "{service} waits{at} for a slow dependency",
    "dependency-down": "{service} cannot reach a dependency{at}",
    "auth-failure": "{service} is refused{at}, its credentials do not hold",
    "rate-limited": "{service} is turned away by a rate limit{at}",
    "tls-certificate": "{service} fails{at} on a TLS certificate",
    "dns-failure": "{service} cannot resolve a name{at}",
    "disk-full": "{service} cannot write{at}, the disk is full",
    "oom-kill": "{service} is killed for using too much memory{at}",
    "crash-loop": "{service} crashes{at} and restarts again and again",
    "application-error": "{service} fails in its own code{at}",
    "bad-deploy": "{service} got worse with a release",
    "bad-config": "{service} runs with a wrong configuration",
    "traffic-surge": "{service} gets far more requests than before",
    "traffic-drop": "{service} gets far fewer requests than before",
    "monitoring-gap": "{service} runs, but its metrics are not collected",
    "healthy": "{service} is healthy: nothing left its usual range",
}

PLACES = {
    "memory-leak": ", allocated in {}",
    "oom-kill": ", allocated in {}",
    "gc-pressure": ", because of what {} allocates",
    "db-pool-exhaustion": " ({})",
    "dependency-down": ", called in {}",
    "rate-limited": ", called in {}",
    "dns-failure": ", called in {}",
    "application-error": ", in {}",
}
"""How a function joins the sentence where a plain `in` would say something else."""

OUTSIDE = {
    "auth-failure", "dependency-down", "disk-full", "dns-failure", "rate-limited", "slow-dependency", "tls-certificate",
}  # fmt: skip
"""Causes whose error says more than the function that met it."""

SILENT = {"healthy", "monitoring-gap", "traffic-drop", "traffic-surge"}
"""Causes whose sentence says it all: a culprit adds nothing."""

WORDS = 90
"""A log message in the sentence is cut here, so that the sentence stays one that can be read at once."""

_CHANGED = re.compile(r"[\w.-]+: \S+ (?:->|→) \S+")


def sentence(*, cause: str, service: str, culprit: Culprit | None, onset: float | None, unseen: str = "") -> str:
    """What is wrong, where and since when; `unseen` is why it cannot be told whether anything is."""
    name = service or "the service"
    if unseen:
        return f"The evidence does not tell whether {name} is well: {unseen}."
    since = f" since {rfc3339(round(onset))[11:19]} UTC" if onset is not None else ""
    if cause == "inconclusive":
        return _open(name, since)
    at, said = _blame(cause, culprit, service) if culprit and cause not in SILENT else ("", "")
    text = SENTENCES.get(cause, "{service}: " + cause.replace("-", " ") + "{at}").format(service=name, at=at) + said
    text = text if service else text[0].upper() + text[1:]
    return text + (f",{since}" if since and cause != "healthy" else "") + "."


def _open(service: str, since: str) -> str:
    if since:
        return f"Something is wrong with {service}{since}, but the evidence does not tell what."
    return f"The evidence does not tell what, if anything, is wrong with {service}."


def _blame(cause: str, culprit: Culprit, service: str) -> tuple[str, str]:
    """Where, to stand in the sentence, and what was said, to stand behind it."""
    match culprit.kind:
        case "function":
            _, note = place_and_note(culprit)
            if note and cause in OUTSIDE:
                return "", f": “{_telling(note)}”"
            return PLACES.get(cause, " in {}").format(short(culprit.name)), ""
        case "endpoint":
            return f" on {culprit.name}", ""
        case "log-pattern":
            return "", f": “{_settings(culprit.name) if cause == 'bad-config' else _telling(culprit.name)}”"
        case "version":
            return "", f" (version {plain(culprit, service)[0]})"
        case _:
            name, _ = plain(culprit, service)
            return "", f" ({name})" if name != culprit.location else ""


def _telling(message: str) -> str:
    """The end of a long message: programs put what went wrong behind what they were doing."""
    parts = message.split(": ")
    while len(parts) > 1 and len(": ".join(parts)) > WORDS:
        del parts[0]
    text = _cut(": ".join(parts))
    return text if len(text) == len(message) else f"… {text}" if message.endswith(text) else text


def _settings(message: str) -> str:
    """What was changed where that is told, else the beginning of the list of settings."""
    changed = _CHANGED.search(message)
    return _cut(message[changed.start() :].partition(")")[0] if changed else message)


def _cut(text: str) -> str:
    return text if len(text) <= WORDS else text[: WORDS - 1].rstrip() + "…"
