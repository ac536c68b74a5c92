"""Which service, and which metric: systems of many services with one at fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnose.checks.case import Case
from diagnose.checks.examine import align
from diagnose.investigate import Request, collect
from diagnose.signals.window import Window
from score.cases import moment
from score.figures import share
from score.public.result import Figure, Result, percent

METRICS = {"cpu": ("cpu",), "mem": ("mem",)}
"""What a metric's name must hold to be the one that a fault of sockshop is made of."""


@dataclass(frozen=True, slots=True)
class Place:
    """How one incident was localised: rank of the true service (from 0, None when not ranked), metric, how many."""

    name: str
    rank: int | None
    metric_right: bool
    services: int
    metrics: int


def investigated(folder: Path, label: Mapping[str, Any], *, logs: bool) -> Case:
    """The incident aligned as a diagnosis would see it."""
    request = Request(
        window=Window(moment(label["start"]), moment(label["end"])),
        metrics=str(folder / "metrics.csv"),
        logs=tuple(str(path) for path in sorted(folder.glob("logs.*"))) if logs else (),
    )
    return align(collect(request, progress=lambda _: None))


def place(folder: Path, label: Mapping[str, Any], *, logs: bool) -> Place:
    """Localise one incident."""
    case, truth = investigated(folder, label, logs=logs), str(label.get("pod", label["entity"]))
    ranked = [entity for entity, *_ in case.suspects]
    words = METRICS.get(str(label["fault"]), ())
    leading = next((measures[0].name for entity, _, _, measures in case.suspects if entity == truth and measures), "")
    return Place(
        name=folder.name,
        rank=ranked.index(truth) if truth in ranked else None,
        metric_right=any(word in leading for word in words),
        services=len({measure.entity for measure in case.measures}) or 1,
        metrics=len({measure.name for measure in case.measures}) or 1,
    )


def places(folder: Path, *, logs: bool) -> list[Place]:
    """Localise every incident of a set."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    return [place(folder / name, label, logs=logs) for name, label in sorted(labels.items())]


def missed(found: list[Place]) -> list[str]:
    """The incidents whose service did not come first."""
    return [
        f"`{one.name}`: the right one is at place {one.rank + 1}"
        if one.rank is not None
        else f"`{one.name}`: not ranked"
        for one in found
        if one.rank != 0
    ]


def sockshop(folder: Path) -> Result:
    """Metrics alone: the right service first, and in it the right metric first."""
    found = places(folder, logs=False)
    services, metrics = min(one.services for one in found), min(one.metrics for one in found)
    figures = (
        Figure("right service first", share(one.rank == 0 for one in found), percent(1 / services)),
        Figure(
            "in the right service the right metric first", share(p.metric_right for p in found), percent(1 / metrics)
        ),
    )
    return Result("sockshop", figures, missed(found))


def nezha(folder: Path) -> Result:
    """Log and metrics: the right pod first, or among the first three."""
    found = places(folder, logs=True)
    services = min(one.services for one in found)
    figures = (
        Figure("right pod first", share(one.rank == 0 for one in found), percent(1 / services)),
        Figure("right pod among three", share(p.rank is not None and p.rank < 3 for p in found), percent(3 / services)),
    )
    return Result("nezha", figures, missed(found))
