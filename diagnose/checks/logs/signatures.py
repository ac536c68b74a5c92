"""Which well-known faults a log message names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from diagnose.checks.logs.phrases import PHRASES, Phrase
from diagnose.signals.events import Level, Pattern


@dataclass(frozen=True, slots=True)
class Signature:
    """A phrase that was found: the cause it names (start, shutdown and harmless are no faults) and how surely."""

    id: str
    cause: str
    weight: float
    source: str


@dataclass(frozen=True, slots=True)
class _Matcher:
    """A phrase, and its words by a literal that must be there, so that few expressions are ever compiled."""

    phrase: Phrase
    words: tuple[tuple[str, str], ...]

    def __call__(self, text: str, lowered: str) -> bool:
        said = any(literal in lowered and _compiled(word).search(text) is not None for literal, word in self.words)
        return said and all(_compiled(word).search(text) is None for word in self.phrase.unless)


@cache
def _compiled(word: str) -> re.Pattern[str]:
    return re.compile(word, re.IGNORECASE | re.MULTILINE)


# What is left out of an expression before its literals are looked for: sets, escapes, and all that may be absent.
_OPTIONAL = re.compile(r"\\[\[(]|\[(?:\\.|[^\]\\])*\][?*+]?|\\.[?*+]?|[^()][?*]|\{[\d,]*\}")
_GROUP = re.compile(r"\([^()]*\)[?*+]?")
_BREAK = "\0"


def literal_of(word: str) -> str:
    """The longest text, in lower case, that stands in whatever the expression matches; '' when there is none."""
    rest = _OPTIONAL.sub(_BREAK, word)
    while (inner := _GROUP.sub(_BREAK, rest)) != rest:
        rest = inner
    return "" if "|" in rest else max(re.split(r"[\0.^$+]", rest.lower()), key=len)


_MATCHERS = tuple(_Matcher(phrase, tuple((literal_of(word), word) for word in phrase.words)) for phrase in PHRASES)
_QUIET = frozenset({Level.TRACE, Level.DEBUG, Level.INFO})
_WATCHERS = frozenset({"crash-backoff", "lock-wait-server"})
"""Phrases of who watches others and tells of their trouble quietly: supervisors, and PostgreSQL at its level LOG."""
_SAID_QUIETLY = frozenset({"start", "shutdown", "harmless", "bad-config", "oom-kill"})
# A specific cause is told by words that also fit a general one: the general one gives way.
_GIVES_WAY = {
    "slow-dependency": {"db-pool-exhaustion", "lock-contention", "dns-failure", "deadlock", "tls-certificate"},
    "dependency-down": {
        "dns-failure", "tls-certificate", "auth-failure", "db-pool-exhaustion", "fd-leak", "harmless", "rate-limited",
    },
    "application-error": {
        "oom-kill", "db-pool-exhaustion", "dns-failure", "tls-certificate", "auth-failure", "disk-full", "fd-leak",
        "deadlock", "lock-contention", "dependency-down", "slow-dependency", "rate-limited", "bad-config", "crash-loop",
    },
    "crash-loop": {"deadlock", "oom-kill"},
    "bad-config": {"crash-loop"},
    "shutdown": {"crash-loop", "oom-kill", "application-error"},
    "start": {"harmless", "crash-loop", "bad-config"},
}  # fmt: skip


def classify(pattern: Pattern) -> tuple[Signature, ...]:
    """The signatures of a pattern, surest first; its template, examples and the head of its stack are looked at.

    A message of a quiet level names no fault, whatever its words are, but a start, a stop, or a new configuration.
    """
    return _classify("\n".join(dict.fromkeys((pattern.template, *pattern.examples[:3]))), pattern.level)


@lru_cache(maxsize=8192)
def _classify(text: str, level: Level) -> tuple[Signature, ...]:
    lowered = text.lower()
    found = [matcher.phrase for matcher in _MATCHERS if matcher(text, lowered)]
    if level in _QUIET:
        found = [phrase for phrase in found if phrase.cause in _SAID_QUIETLY or phrase.id in _WATCHERS]
    causes = {phrase.cause for phrase in found}
    kept = [phrase for phrase in found if not causes & _GIVES_WAY.get(phrase.cause, set())]
    best: dict[str, Phrase] = {}
    for phrase in kept:
        if phrase.cause not in best or phrase.weight > best[phrase.cause].weight:
            best[phrase.cause] = phrase
    ranked = sorted(best.values(), key=lambda phrase: (-phrase.weight, phrase.id))
    return tuple(Signature(phrase.id, phrase.cause, phrase.weight, phrase.source) for phrase in ranked)
