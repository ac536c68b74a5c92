"""Actions that fit the language the service runs on: a Go command helps nobody who runs Java."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from diagnose.playbook.diagnosis import Action
from diagnose.signals.evidence import Evidence
from diagnose.signals.profile import ProfileKind


class Runtime(StrEnum):
    """What an action can be bound to."""

    GO = "go"
    JVM = "jvm"
    PYTHON = "python"
    NODE = "node"


TITLES = {Runtime.GO: "Go", Runtime.JVM: "JVM", Runtime.PYTHON: "Python", Runtime.NODE: "Node.js"}
_METRICS = {
    Runtime.GO: re.compile(r"go_(goroutines|gc_|memstats_|threads|info)|process_runtime_go_"),
    Runtime.JVM: re.compile(r"jvm_|process_runtime_jvm_"),
    Runtime.PYTHON: re.compile(r"python_(gc_|info)|process_runtime_cpython_"),
    Runtime.NODE: re.compile(r"nodejs_|process_runtime_nodejs_"),
}
"""Names that the client libraries and OpenTelemetry give by default."""
_STACKS = {
    Runtime.GO: re.compile(r"^goroutine \d+ \["),
    Runtime.JVM: re.compile(r"^\s*at [\w.$/<>]+\((\w+\.(java|kt|scala)\b|Native Method|Unknown Source)"),
    Runtime.PYTHON: re.compile(r'^\s*File ".*", line \d+'),
    Runtime.NODE: re.compile(r"^\s*at .*(\bnode:|\.[cm]?[jt]s:\d+:\d+)"),
}
_PROFILES = {ProfileKind.GOROUTINE: "go", ProfileKind.GOROUTINE_LEAK: "go"}


def runtimes(evidence: Evidence) -> frozenset[Runtime]:
    """The languages that metrics, profiles and stack traces tell of; empty when nothing does."""
    return frozenset((*_of_metrics(evidence), *_of_profiles(evidence), *_of_stacks(evidence)))


def suited(actions: Sequence[Action], known: frozenset[Runtime]) -> tuple[Action, ...]:
    """The actions without a language and those of the known ones; all where no language is known.

    Where several languages remain, what to do says for which it is.
    """
    bound = {Runtime(action.runtime) for action in actions if action.runtime}
    wanted = bound & known if known else bound
    kept = [action for action in actions if not action.runtime or action.runtime in wanted]
    return tuple(_named(action) if len(wanted) > 1 and action.runtime else action for action in kept)


def _named(action: Action) -> Action:
    return replace(action, what=f"{TITLES[Runtime(action.runtime)]}: {action.what}")


def _of_metrics(evidence: Evidence) -> Iterator[Runtime]:
    names = {series.name for series in evidence.series}
    return (one for one, pattern in _METRICS.items() if any(pattern.match(name) for name in names))


def _of_profiles(evidence: Evidence) -> Iterator[Runtime]:
    dumps = (profile for profile in evidence.profiles if profile.kind in (*_PROFILES, ProfileKind.THREADS))
    written = {_PROFILES.get(profile.kind, profile.producer) for profile in dumps}
    return (runtime for runtime in Runtime if runtime.value in written)


def _of_stacks(evidence: Evidence) -> Iterator[Runtime]:
    patterns = evidence.logs.patterns if evidence.logs else ()
    lines = [line for pattern in patterns for line in pattern.stack]
    return (one for one, wanted in _STACKS.items() if any(wanted.search(line) for line in lines))
