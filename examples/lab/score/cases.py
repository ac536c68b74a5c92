"""Recordings with their truth beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

RECORDINGS = Path(__file__).resolve().parents[2] / "incidents"
SUFFIX = ".truth.json"


@dataclass(frozen=True, slots=True)
class Case:
    """One recording: where it lies and what is true of it; times in Unix seconds, onset None when healthy."""

    name: str
    program: str
    cause: str
    culprit: tuple[str, ...]
    onset: float | None
    start: float
    end: float
    select: str
    logs: tuple[str, ...]
    metrics: str
    profiles: tuple[str, ...]


def recorded(folder: Path = RECORDINGS) -> tuple[Case, ...]:
    """All recordings of a folder, by name."""
    return tuple(_case(truth) for truth in sorted(folder.glob(f"*{SUFFIX}")))


def _case(truth: Path) -> Case:
    told = json.loads(truth.read_text(encoding="utf-8"))
    name = truth.name.removesuffix(SUFFIX)
    folder = truth.parent / name
    profiles = folder / "profiles"
    return Case(
        name=name,
        program=told.get("program") or told.get("lab", {}).get("source") or name.split("-")[0],
        cause=told["cause"],
        culprit=tuple(told["culprit"]),
        onset=_moment(told["onset"]) if told["onset"] else None,
        start=_moment(told["window"]["start"]),
        end=_moment(told["window"]["end"]),
        select=told.get("select", ""),
        logs=tuple(str(path) for path in sorted(folder.glob("app.log*"))),
        metrics=next((str(path) for path in sorted(folder.glob("metrics.*"))), ""),
        profiles=(str(profiles),) if profiles.is_dir() else (),
    )


def _moment(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
