"""Names that people read for the ids of causes, signals, answers and risks."""

from __future__ import annotations

from collections.abc import Iterable

CAUSES = {
    "goroutine-leak": "Goroutine leak",
    "memory-leak": "Memory leak",
    "connection-leak": "Connection leak",
    "fd-leak": "File descriptor leak",
    "cpu-hotspot": "CPU hot spot",
    "gc-pressure": "Garbage collection pressure",
    "lock-contention": "Lock contention",
    "deadlock": "Deadlock",
    "db-pool-exhaustion": "Database pool exhausted",
    "slow-dependency": "Slow dependency",
    "dependency-down": "Dependency down",
    "auth-failure": "Authentication failure",
    "rate-limited": "Rate limited",
    "tls-certificate": "TLS certificate",
    "dns-failure": "DNS failure",
    "disk-full": "Disk full",
    "oom-kill": "Killed for memory",
    "crash-loop": "Crash loop",
    "application-error": "Application error",
    "bad-deploy": "Bad deploy",
    "bad-config": "Bad configuration",
    "traffic-surge": "Traffic surge",
    "traffic-drop": "Traffic drop",
    "monitoring-gap": "Monitoring gap",
    "healthy": "Healthy",
    "inconclusive": "Inconclusive",
}

SIGNALS = {
    "log": "Log",
    "metric": "Metric",
    "profile": "Profile",
    "trace": "Trace",
    "change": "Change",
    "probe": "Probe",
}

CULPRITS = {
    "function": "function",
    "log-pattern": "log message",
    "dependency": "dependency",
    "endpoint": "endpoint",
    "version": "version",
    "resource": "resource",
    "service": "service",
}

ANSWERS = {"yes": "yes", "no": "no", "unknown": "not known"}

PROFILES = {
    "heap": "Heap in use",
    "allocs": "Allocations",
    "cpu": "CPU time",
    "goroutine": "Goroutines",
    "goroutineleak": "Leaked goroutines",
    "mutex": "Mutex waits",
    "block": "Blocking",
    "threadcreate": "Thread creation",
    "threads": "Threads",
    "other": "Profile",
}


def title(id_: str) -> str:
    """The name of a cause or node; an id that is not known speaks for itself."""
    return CAUSES.get(id_) or (id_[:1].upper() + id_[1:]).replace("-", " ").replace("_", " ") or "Unnamed"


def goal(leads_to: str) -> str:
    """Where a way leads, for people: a cause's name, or the question of a node that is given as `name: question`."""
    question = leads_to.partition(": ")[2]
    return question or title(leads_to)


def opening(text: str) -> str:
    """A text with a capital in front, unless it begins with a name, and with the usual ones in its words."""
    first, space, rest = text.partition(" ")
    named = _LETTERS.get(first) or (first[:1].upper() + first[1:] if first.rstrip(":,").isalpha() else first)
    return named + space + " ".join(_LETTERS.get(word, word) for word in rest.split(" "))


_LETTERS = {"cpu": "CPU", "gc": "GC", "oom": "OOM", "dns": "DNS", "tls": "TLS"}


def listed(words: Iterable[str]) -> str:
    """Words as a sentence lists them: `NAME, POD and URL`."""
    *most, last = [*words] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def trust(confidence: float, status: str) -> str:
    """What a calibrated confidence promises."""
    if status == "inconclusive":
        return "too little for a verdict"
    if confidence >= NEARLY_ALL:
        return "almost all verdicts this sure are right"
    right = tenths(confidence)
    if right < 1:
        return "of ten verdicts this uncertain, hardly one is right"
    return f"of ten verdicts this sure, about {_NUMBERS[right]} {'is' if right == 1 else 'are'} right"


NEARLY_ALL = 0.95


def tenths(confidence: float) -> int:
    """Of ten verdicts, how many are right; ten only when it is certain."""
    return min(round(confidence * 10), 9) if confidence < 1 else 10


_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
