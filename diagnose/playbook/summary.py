"""The verdict in one sentence that a tired person understands."""

from __future__ import annotations

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


def sentence(*, cause: str, service: str, culprit: Culprit | None, onset: float | None) -> str:
    """What is wrong, where and since when."""
    at = f", at {culprit.name}" if culprit else ""
    if culprit and culprit.kind == "log-pattern":
        at = f": “{culprit.name}”"
    text = SENTENCES.get(cause, "{service}: " + cause.replace("-", " ") + "{at}").format(
        service=service or "the service", at=at
    )
    text = text if service else text[0].upper() + text[1:]
    if onset is not None and cause not in {"healthy", "inconclusive"}:
        text += f" (since {rfc3339(round(onset))[11:19]} UTC)"
    return text + "."
