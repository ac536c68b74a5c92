"""The verdict in one sentence that a tired person understands."""

from __future__ import annotations

import re

from diagnose.checks.finding import Culprit
from diagnose.signals.window import rfc3339

SENTENCES = {
    "goroutine-leak": "{service} leaks goroutines{at}",
    "memory-leak": "{service} keeps memory that it no longer needs{at}",
    "connection-leak": "{service} opens connections and does not release them{at}",
    "fd-leak": "{service} opens files and does not close them{at}",
    "cpu-hotspot": "{service} burns processor time{at}",
    "gc-pressure": "{service} spends its processor on garbage collection{at}",
    "lock-contention": "{service} waits for a lock that is held too long{at}",
    "deadlock": "{service} is stuck: its own threads wait for one another{at}",
    "db-pool-exhaustion": "{service} has no free connection left in its pool{at}",
    "slow-dependency": "{service} waits for a slow dependency{at}",
    "dependency-down": "{service} cannot reach a dependency{at}",
    "auth-failure": "{service} is refused: its credentials do not hold{at}",
    "rate-limited": "{service} is told to slow down by a rate limit{at}",
    "tls-certificate": "{service} fails on a TLS certificate{at}",
    "dns-failure": "{service} cannot resolve a name{at}",
    "disk-full": "{service} cannot write: the disk is full{at}",
    "oom-kill": "{service} is killed for using too much memory{at}",
    "crash-loop": "{service} crashes and restarts again and again{at}",
    "application-error": "{service} fails in its own code{at}",
    "bad-deploy": "{service} got worse with a release{at}",
    "bad-config": "{service} runs with a wrong configuration{at}",
    "traffic-surge": "{service} gets far more requests than before",
    "traffic-drop": "{service} gets far fewer requests than before",
    "monitoring-gap": "{service} runs, but its metrics are not collected",
    "healthy": "{service} is healthy: nothing left its usual range",
    "inconclusive": "The evidence does not tell what is wrong with {service}",
}


WORDS = 90
"""A log message in the sentence is cut here, so that the sentence stays one that can be read at once."""

_METRIC = re.compile(r"[a-z0-9:]+(?:_[a-z0-9:]+){2,}")
_PATH = re.compile(r"^[^\s()\[]*/(?=[^\s/])")
_PACKAGES = re.compile(r"^(?:[a-z_][a-z0-9_]*\.){2,}(?=[A-Z])")


def sentence(*, cause: str, service: str, culprit: Culprit | None, onset: float | None) -> str:
    """What is wrong, where and since when."""
    text = SENTENCES.get(cause, "{service}: " + cause.replace("-", " ") + "{at}").format(
        service=service or "the service", at=_at(culprit) if culprit else ""
    )
    text = text if service else text[0].upper() + text[1:]
    if onset is not None and cause not in {"healthy", "inconclusive"}:
        text += f", since {rfc3339(round(onset))[11:19]} UTC"
    return text + "."


def short(function: str) -> str:
    """A function's name without the path of its package: `archive.(*Replay).Load`, `PoolKeeper.take`."""
    return _PACKAGES.sub("", _PATH.sub("", function)) or function


def _at(culprit: Culprit) -> str:
    """Where, in as many words as can be read at once; the name of a metric tells a reader nothing."""
    match culprit.kind:
        case "function":
            return f" in {short(culprit.name)}"
        case "endpoint":
            return f" on {culprit.name}"
        case "log-pattern":
            return f": “{_telling(culprit.name)}”"
        case _:
            return "" if _METRIC.fullmatch(culprit.name) else f" ({culprit.name})"


def _telling(message: str) -> str:
    """The end of a long message: programs put what went wrong behind what they were doing."""
    parts = message.split(": ")
    while len(parts) > 1 and len(": ".join(parts)) > WORDS:
        del parts[0]
    text = ": ".join(parts)
    text = text if len(text) <= WORDS else text[: WORDS - 1].rstrip() + "…"
    return text if len(text) == len(message) else f"… {text}" if message.endswith(text) else text
