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
    logs: tuple[str, ...]
    metrics: str
    profiles: tuple[str, ...]
    noise: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        """Nothing is wrong: only noise."""
        return self.cause == "healthy"

    @property
    def signals(self) -> frozenset[str]:
        """The signals that were recorded."""
        there = {"logs": self.logs, "metrics": self.metrics, "profiles": self.profiles}
        return frozenset(name for name, source in there.items() if source)


def recorded(folder: Path = RECORDINGS) -> tuple[Case, ...]:
    """All recordings of a folder, by name."""
    return tuple(read(truth) for truth in sorted(folder.glob(f"*{SUFFIX}")))


def read(truth: Path) -> Case:
    """The recording that lies beside a truth."""
    told = json.loads(truth.read_text(encoding="utf-8"))
    name = truth.name.removesuffix(SUFFIX)
    folder = truth.parent / name
    profiles = folder / "profiles"
    return Case(
        name=name,
        program=told.get("program") or told["lab"]["source"],
        cause=told["cause"],
        culprit=tuple(told["culprit"]),
        onset=moment(told["onset"]) if told["onset"] else None,
        start=moment(told["window"]["start"]),
        end=moment(told["window"]["end"]),
        logs=tuple(str(path) for path in sorted(folder.glob("app.log*"))),
        metrics=next((str(path) for path in sorted(folder.glob("metrics.*"))), ""),
        profiles=(str(profiles),) if profiles.is_dir() else (),
        noise=tuple(told["noise"]),
    )


def moment(text: str) -> float:
    """Unix seconds of an RFC 3339 time."""
    return datetime.fromisoformat(text).timestamp()
