"""Suspects from metrics and logs together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from diagnose.checks.blame.clue import Clue, service
from diagnose.checks.blame.failures import failures
from diagnose.checks.blame.left_out import left_out
from diagnose.checks.blame.lost_time import lost_time
from diagnose.checks.blame.louder import louder
from diagnose.checks.finding import Observation
from diagnose.checks.metrics.suspects import Suspect
from diagnose.signals.events import LogDigest
from diagnose.signals.evidence import Signal
from diagnose.signals.series import Measure
from diagnose.signals.window import Window

_DATES = 0.3  # score from which a clue dates what it speaks of
_SHOWN = 8


def clues(logs: LogDigest | None, measures: Sequence[Measure]) -> tuple[Clue, ...]:
    """What the logs hold against entities, strongest first; entities are called as the metrics call them.

    Nothing when the logs are of one entity.
    """
    if logs is None or not logs.voices:
        return ()
    entities = {measure.entity for measure in measures}
    found = [*lost_time(logs.hops), *failures(logs), *left_out(logs), *louder(logs)]
    known = {clue.entity: called(clue.entity, entities) for clue in found}
    named = [replace(clue, entity=known[clue.entity]) for clue in found]
    return tuple(sorted(named, key=lambda clue: (-clue.score, clue.at, clue.entity, clue.text)))


def called(entity: str, entities: Iterable[str]) -> str:
    """The name among `entities` for one that the logs name: itself, or its service where metrics tell no replicas."""
    known = sorted(set(entities) - {""}, key=lambda name: (-len(name), name))
    alike = (name for name in known if name == entity or service(entity) == name or service(name) == entity)
    return next(alike, entity)


def joined(ranked: Sequence[Suspect], held: Sequence[Clue]) -> tuple[Suspect, ...]:
    """Suspects of metrics and clues of logs as one ranking.

    Findings of different kinds are taken as independent, so what is left of innocence is their product.
    """
    against: dict[str, list[Clue]] = defaultdict(list)
    for clue in held:
        against[clue.entity].append(clue)
    known = {entity: (score, at, measures) for entity, score, at, measures in ranked}
    found = []
    for entity in sorted({*known, *against}):
        score, at, measures = known.get(entity, (0.0, float("inf"), ()))
        innocent = 1.0 - score
        for clue in against[entity]:
            innocent *= 1.0 - clue.score
        dates = [clue.at for clue in against[entity] if clue.score >= _DATES]
        at = min([*dates, at] if score >= _DATES or not dates else dates)
        found.append((entity, 1.0 - innocent, at if at != float("inf") else against[entity][0].at, measures))
    return tuple(sorted(found, key=lambda each: (-each[1], each[2], each[0])))


def observed(held: Sequence[Clue], window: Window) -> tuple[Observation, ...]:
    """The strongest clues as evidence, in their order."""
    return tuple(
        Observation(
            id=f"clue-{number + 1}",
            signal=Signal.LOG,
            title=f"{clue.entity}: {clue.text}",
            at=clue.at,
            window=window,
            baseline=None,
            observed=None,
            unit="",
            strength=clue.score,
            reproduce=f"grep -rF '{clue.entity}' LOGS",
        )
        for number, clue in enumerate(held[:_SHOWN])
    )
