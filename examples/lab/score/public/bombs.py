"""Services with one documented fault each: verdict and culprit."""

from __future__ import annotations

import json
from pathlib import Path

from diagnose.investigate import Request, collect, diagnose, library_of
from diagnose.playbook.causes import CAUSES
from diagnose.signals.window import Window
from score.figures import share
from score.public.result import Figure, Result, percent

KINDS = {
    "cpu": {"cpu-hotspot"}, "heap": {"memory-leak"}, "alloc": {"gc-pressure"}, "goroutine": {"goroutine-leak"},
    "mutex": {"lock-contention"}, "block": {"lock-contention", "slow-dependency"},
}  # fmt: skip
"""Causes that the kind of profile stands for that a folder is named after; the tool is not shown the name."""


def bombs(folder: Path) -> Result:
    """Log, metrics and profiles at rest and during: the right cause, and the function of the animal named."""
    verdicts, culprits, wrong = [], [], []
    for meta in sorted(folder.glob("*/meta.json")):
        told = json.loads(meta.read_text(encoding="utf-8"))
        cause, blamed = verdict(meta.parent)
        verdicts.append(cause in KINDS.get(told["name"].split("_")[0], set()))
        culprits.append(any(animal in blamed for animal in told["animals"]))
        if not (verdicts[-1] and culprits[-1]):
            wrong.append(f"`{told['name']}`: {cause}, blamed {blamed or 'nobody'}")
    chance = percent(1 / len(CAUSES))
    return Result(
        "single-bombs", (Figure("cause", share(verdicts), chance), Figure("culprit", share(culprits), "–")), wrong
    )


def verdict(folder: Path) -> tuple[str, str]:
    """Cause and culprit of one service, from its two earlier captures."""
    stamps = [float(line.split(",", 1)[0]) for line in (folder / "metrics.csv").read_text().splitlines()[1:]]
    request = Request(
        window=Window(min(stamps), max(stamps) + 1.0),
        metrics=str(folder / "metrics.csv"),
        logs=(str(folder / "app.log"),),
        profiles=(str(folder / "*.baseline.pb.gz"), str(folder / "*.incident.pb.gz")),
    )
    found, _ = diagnose(collect(request, progress=lambda _: None), library_of("triage"))
    culprit = found.verdict.culprit
    return found.verdict.cause, f"{culprit.name} {culprit.location}" if culprit else ""
