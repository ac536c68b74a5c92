"""From evidence to a case, and from a case to findings: everything is examined before the walk begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from diagnose.checks.blame.joined import clues, joined
from diagnose.checks.blame.victims import relieved
from diagnose.checks.case import Case, Judged, Pair, concerns
from diagnose.checks.catalog import Check, Value
from diagnose.checks.finding import Finding
from diagnose.checks.logs import moves as log_moves
from diagnose.checks.logs import onset as log_onset
from diagnose.checks.metrics import changes as metric_changes
from diagnose.checks.metrics import onset as metric_onset
from diagnose.checks.metrics import restarts as lifecycle
from diagnose.checks.metrics.changes import MetricChange
from diagnose.checks.metrics.fleet import unusual
from diagnose.checks.metrics.suspects import suspects
from diagnose.checks.onset import Candidate, joint
from diagnose.checks.profiles import cpu as cpu_engine
from diagnose.checks.profiles import goroutines as goroutine_engine
from diagnose.checks.profiles import heap as heap_engine
from diagnose.checks.profiles import locks as lock_engine
from diagnose.checks.profiles.crowds import leaked, of_threads
from diagnose.checks.profiles.goroutines import GoroutineVerdict
from diagnose.checks.profiles.pairs import pairs
from diagnose.signals.events import Level, LogDigest
from diagnose.signals.evidence import Evidence
from diagnose.signals.logged import logged
from diagnose.signals.measures import measures as measured
from diagnose.signals.profile import Profile, ProfileKind
from diagnose.signals.series import Role
from diagnose.signals.targets import surroundings

ALARMS = (Level.WARN, Level.ERROR, Level.FATAL)
ONLY_ALARMS = 0.95  # share of a log's lines from which it is kept for alarms alone
WEAK, BACKED = 0.2, 0.8  # strength of a move that a profile may back, and what it is worth then


def align(evidence: Evidence) -> Case:
    """Put all signals on one line of time: find the onset, split the window there, and see what moved."""
    measures = measured(evidence.series, evidence.window, evidence.meanings)
    around = surroundings(evidence.series)
    measures += logged(evidence.logs, [one for one in measures if one.entity not in around], named=bool(around))
    world = lifecycle.restarts(evidence.series)
    first = metric_changes.changes(measures, restarts=world)
    candidates = list(metric_onset.candidates(unusual(first), restarts=world))
    logs = _heard_from(evidence.logs) if evidence.logs is not None else None
    held = clues(logs, measures)
    candidates += [(clue.at, clue.dates, clue.text) for clue in held]
    if logs is not None:
        candidates += log_onset.candidates(logs)
    onset, uncertainty = joint(candidates)
    found = pairs(evidence.profiles, onset=onset)
    judged = _judged(found)
    if onset is None:
        onset, uncertainty = joint([*candidates, *_backed(first, judged)])
        if onset is not None:
            found = pairs(evidence.profiles, onset=onset)
            judged = _judged(found)
    changes = metric_changes.changes(measures, onset=onset, restarts=world) if onset is not None else first
    moves = log_moves.moves(logs, onset=onset) if logs is not None else ()
    baseline, incident = evidence.window.split(onset) if onset is not None else (None, evidence.window)
    entities = {measure.entity for measure in measures}
    moved = suspects(measures, unusual(changes), onset) if len(entities) > 1 else ()
    ranked = relieved(joined(moved, held), evidence.uses)
    focus = _focus([entity for entity, *_ in ranked], entities, around)
    return Case(
        evidence=evidence,
        measures=measures,
        changes=tuple(c for c in changes if concerns(c.measure, focus, around)),
        moves=moves,
        pairs=found,
        restarts=tuple(c for c in world if c.kind == "restart"),
        versions=tuple(c for c in world if c.kind == "version"),
        configs=tuple(c for c in world if c.kind == "config"),
        scrape_gaps=tuple(lifecycle.scrape_gaps(evidence.series, evidence.window)),
        onset=onset,
        uncertainty_s=uncertainty,
        baseline=baseline,
        incident=incident,
        focus=focus,
        around=around,
        suspects=ranked,
        clues=held,
        judged=judged,
    )


def _focus(ranked: Sequence[str], entities: Set[str], around: Set[str]) -> str:
    """Whom the questions are about: the first suspect that is a service, the only service, or the first of all."""
    if len(entities) < 2:
        return ""
    services = entities - around
    found = [entity for entity in ranked if entity in (services or entities)]
    return found[0] if found else min(services, default="") if len(services) == 1 else ""


def _heard_from(digest: LogDigest) -> LogDigest:
    """The digest from its first line on; where next to no line is calm, silence before it was calm and stays."""
    lines = {level: int(counts.sum()) for level, counts in digest.levels.items()}
    alarms = sum(lines.get(level, 0) for level in ALARMS)
    return digest if alarms >= ONLY_ALARMS * max(sum(lines.values()), 1) else digest.begun()


def _backed(changes: Sequence[MetricChange], judged: Judged) -> list[Candidate]:
    """Moves of a metric that are too weak alone, and that a profile confirms: together they date the onset."""
    grew = {Role.HEAP, Role.MEMORY} if judged.heap is not None and judged.heap.kind == "growth" else set()
    crowd = {Role.GOROUTINES} if judged.goroutines is not None and judged.goroutines.kind != "none" else set()
    rising = [c for c in changes if c.measure.role in grew | crowd and c.direction > 0 and c.strength >= WEAK]
    return [(change.at, BACKED, f"{change.measure.role} and its profile") for change in rising]


def _judged(found: Mapping[ProfileKind, Pair]) -> Judged:
    def at(kind: ProfileKind) -> tuple[Profile | None, Profile | None]:
        return found.get(kind, (None, None))

    heaps, cpus = found.get(ProfileKind.HEAP), found.get(ProfileKind.CPU)
    mutex, block = at(ProfileKind.MUTEX), at(ProfileKind.BLOCK)
    return Judged(
        goroutines=_crowd(found),
        heap=heap_engine.judge(*heaps) if heaps else None,
        cpu=cpu_engine.judge(*cpus) if cpus else None,
        locks=lock_engine.judge(*mutex, *block) if mutex[1] or block[1] else None,
    )


def _crowd(found: Mapping[ProfileKind, Pair]) -> GoroutineVerdict | None:
    """The strongest of what goroutines, leaked goroutines and threads say."""
    told = []
    if ProfileKind.GOROUTINE in found:
        told.append(goroutine_engine.judge(*found[ProfileKind.GOROUTINE]))
    if ProfileKind.GOROUTINE_LEAK in found:
        told.append(leaked(*found[ProfileKind.GOROUTINE_LEAK]))
    if ProfileKind.THREADS in found:
        told.append(of_threads(found[ProfileKind.THREADS][1]))
    return max(told, key=lambda verdict: verdict.strength, default=None)


def examine(
    case: Case, asked: Iterable[tuple[str, str, Mapping[str, Value]]], catalogue: Mapping[str, Check]
) -> dict[str, Finding]:
    """Run every asked check (key, name, parameters) once and give the findings by key."""
    return {
        key: replace(run(case, catalogue[name], parameters), check=key)
        for key, name, parameters in asked
        if name in catalogue
    }


def run(case: Case, check: Check, parameters: Mapping[str, Value]) -> Finding:
    """One check with its defaults filled in."""
    defaults = {name: spec.default for name, spec in check.spec.parameters.items() if spec.default is not None}
    return check.run(case, **(defaults | dict(parameters)))
