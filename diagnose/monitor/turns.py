"""What has changed since the last pass: the only thing that a watch tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from diagnose.monitor.health import Checkup, Health, HealthFinding, worse
from diagnose.monitor.plugin import said

CALM = 2
"""Passes in a row after which something has become better: a finding on the edge comes and goes."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A finding whose status has changed; `was` is None when the service is new."""

    finding: HealthFinding
    was: Health | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What was told last of a check, and how many passes in a row have found it better."""

    finding: HealthFinding
    better: int = 0


Known = Mapping[tuple[str, str], Standing]


def turns(known: Known, found: Checkup) -> tuple[Known, tuple[Turn, ...]]:
    """What is known after a pass, and what has turned: worse at once, better when it lasts.

    Where a service could not be judged in whole, what is not found again is not over.
    """
    now = _worst(found)
    after, watched = dict(known), {service for service, _ in known}
    turned: list[Turn] = []
    unsure = {service for (service, _), one in now.items() if one.status is Health.UNKNOWN}
    for place in sorted({*known, *now}):
        if place not in now and place[0] in unsure:
            continue
        one = now[place] if place in now else _over(known[place].finding)
        after[place], turn = _judged(known.get(place), one)
        if turn and not (turn.was is None and one.status is Health.OK and place[0] in watched):
            turned.append(turn)
    told = {place: one for place, one in after.items() if one.finding.status is not Health.OK or place[1] == "all"}
    return told, tuple(turned)


def _judged(before: Standing | None, found: HealthFinding) -> tuple[Standing, Turn | None]:
    if before is None:
        return Standing(found), Turn(found, None)
    was = before.finding.status
    if found.status is was:
        return Standing(found), None
    if worse(found.status, was) or before.better + 1 >= CALM:
        return Standing(found), Turn(found, was)
    return Standing(before.finding, before.better + 1), None


def _over(before: HealthFinding) -> HealthFinding:
    return replace(before, status=Health.OK, message="no longer found", value=None, since=None, full_in_s=None)


def _worst(found: Checkup) -> dict[tuple[str, str], HealthFinding]:
    """The worst finding of each check."""
    kept: dict[tuple[str, str], HealthFinding] = {}
    for one in found.findings:
        place = (one.service, one.check)
        if place not in kept or worse(one.status, kept[place].status):
            kept[place] = one
    return kept


def line(turn: Turn) -> str:
    """A turn as one line."""
    was = f" (was {turn.was.name})" if turn.was is not None else ""
    return f"{said(turn.finding)}{was}"
