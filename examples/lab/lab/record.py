"""The story of one recording: set up, quiet, fault, export."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import bundle, openmetrics
from .actions import perform
from .capture import KINDS, capture
from .case import Action, Case, LabError
from .prometheus import Prometheus
from .service import BUILD, Service
from .stage import Stage, set_up
from .wire import ask_json

WARM_S = 12.0


@dataclass(frozen=True, slots=True)
class Moments:
    """Unix times of the window and of the onset."""

    start: float
    onset: float
    end: float


async def record(case: Case, service: Service, *, prometheus: Prometheus, upstream: Path) -> Path:
    """Record one case and return the folder that was written."""
    stage = await set_up(case, service, prometheus=prometheus, upstream=upstream, home=BUILD / "run" / case.name)
    try:
        for action in case.start:
            await perform(stage, action)
        stage.tasks.append(asyncio.create_task(stage.load.drive()))
        await asyncio.sleep(WARM_S)
        known = await ask_json(stage.port, "/lab/faults") or []
        start = time.time()
        moments = Moments(start, start + case.quiet_s, start + case.quiet_s + case.ill_s)
        types, onset = await play(stage, moments)
        return await export(stage, moments, onset=onset, known=known, types=types)
    finally:
        await stage.strike()


async def play(stage: Stage, moments: Moments) -> tuple[openmetrics.Types, float]:
    """Play noise, captures and the fault on the clock; returns metric types and the true onset."""
    case = stage.case
    side = [asyncio.create_task(at(moments.start + float(a.get("at", 0)), stage, a)) for a in case.noise]
    side.append(asyncio.create_task(take_profiles(stage, moments)))
    await asyncio.sleep(case.quiet_s / 2)
    types = await stage.prometheus.types(stage.port)
    await until(moments.onset)
    onset = time.time()
    work = [asyncio.create_task(perform(stage, action)) for action in case.faults]
    await until(moments.end)
    await asyncio.gather(*work, *side)
    return types, onset


async def until(moment: float) -> None:
    """Sleep until a Unix time."""
    await asyncio.sleep(max(0.0, moment - time.time()))


async def at(moment: float, stage: Stage, action: Action) -> None:
    """Perform an action at a Unix time."""
    await until(moment)
    await perform(stage, action)


async def take_profiles(stage: Stage, moments: Moments) -> None:
    """Captures before and during, where the case and the service have them."""
    base, case = stage.service.spec.get("profiles"), stage.case
    if not base:
        return
    plan = {"before": moments.onset - min(30, case.quiet_s / 3), "during": moments.onset + case.ill_s * 0.75,
            "early": moments.onset + 8}  # fmt: skip
    number = 0
    for name, moment in sorted(plan.items(), key=lambda item: item[1]):
        if name in case.captures:
            await until(moment)
            number = await capture(stage.port, base, stage.home / "profiles", first=number)
        elif name != "early":
            number += len(KINDS)


async def export(
    stage: Stage, moments: Moments, *, onset: float, known: list[dict[str, Any]], types: openmetrics.Types
) -> Path:
    """Fetch the samples and write the bundle."""
    case = stage.case
    await asyncio.sleep(1)
    series = await stage.prometheus.samples(stage.port, moments.start, moments.end)
    if len(series) < 20:
        raise LabError(f"{case.name}: hardly any series were scraped; does Prometheus accept the service's /metrics?")
    metrics = openmetrics.render(series, types, shift_s=case.skew_s)
    places = {str(stage.home): "/srv", str(stage.service.home): "/srv", sys.base_prefix: "/usr"}
    log, profiles = (stage.home / "app.log").read_bytes(), stage.home / "profiles"
    truth = tell(stage, moments, onset=onset, known=known)
    return bundle.save(case, log=log, metrics=metrics, profiles=profiles, places=places, truth=truth)


def tell(stage: Stage, moments: Moments, *, onset: float, known: list[dict[str, Any]]) -> dict[str, Any]:
    """The truth: what the case states, completed by what the service says of its own faults."""
    case = stage.case
    names = {a["fault"] for a in case.faults if "fault" in a}
    inner = [f for f in known if f["name"] in names and f["cause"] != "healthy"]
    cause = case.truth.get("cause") or (inner[0]["cause"] if inner else "healthy")
    culprit = [*case.truth.get("culprit", []), *(word for f in inner for word in f["culprit"] or [])]
    ill = cause != "healthy"
    if cause == "crash-loop" and stage.supervisor.exits:  # until it first dies nothing is wrong
        onset = stage.supervisor.exits[0]
    window = {"start": bundle.stamp(moments.start), "end": bundle.stamp(moments.end)}
    return {
        "cause": cause, "culprit": culprit if ill else [], "onset": bundle.stamp(onset) if ill else None,
        "service": stage.service.label, "window": window,
        "select": f'job="{stage.service.label}",instance="127.0.0.1:{stage.port}"', "noise": noise_words(stage),
        "strength": case.strength if ill else None, "program": stage.service.name, "scrape_s": case.scrape_s,
        "forms": [f["forms"] for f in inner] or [str(case.truth.get("form", ""))],
        "exits": [bundle.stamp(t) for t in stage.supervisor.exits],
    }  # fmt: skip


def noise_words(stage: Stage) -> list[str]:
    """What disturbs the picture besides the fault."""
    case = stage.case
    words = [*case.noise_words, *(["busy-machine"] if stage.load.disturbed else [])]
    words += ["traffic-wave"] if case.wave else []
    words += ["sampled-log"] if case.keep_one_log_line_in > 1 else []
    words += ["clock-skew"] if case.skew_s else []
    words += [f"no-{w}-profiles" for w in ("before", "during") if w not in case.captures]
    return words
