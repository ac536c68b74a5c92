"""A case: which service to run, how long, and what is done to it when."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

LAB = Path(__file__).resolve().parent.parent
CASES = LAB / "cases"
INCIDENTS = LAB.parent / "incidents"

Action = dict[str, Any]


class LabError(Exception):
    """The lab cannot go on: what, where, and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class Case:
    """One recording to be made. Times in seconds; `at` counts from the start of the window.

    `faults` are the actions at the onset, `noise` what happens besides; an action is a mapping
    of one verb of `actions.VERBS` to its argument, with optional `at`, `strength` and `creep_s`.
    """

    name: str
    service: str
    seed: int = 1
    scrape_s: int = 5
    quiet_s: float = 150.0
    ill_s: float = 150.0
    rps: float = 20.0
    wave: float = 0.0
    wave_s: float = 90.0
    tls: bool = False
    small_disk: bool = False
    memory_limit_mb: float = 0.0
    open_files_limit: int = 0
    skew_s: float = 0.0
    keep_one_log_line_in: int = 1
    captures: tuple[str, ...] = ("before", "during")
    env: dict[str, str] = field(default_factory=dict)
    start: tuple[Action, ...] = ()
    faults: tuple[Action, ...] = ()
    noise: tuple[Action, ...] = ()
    noise_words: tuple[str, ...] = ()
    truth: dict[str, Any] = field(default_factory=dict)

    @property
    def strength(self) -> float | None:
        """Strength of the fault from 0 to 1, None when healthy."""
        stated = [float(a["strength"]) for a in self.faults if "strength" in a]
        return max(stated) if stated else (1.0 if self.faults else None)


def load_case(path: Path) -> Case:
    """Read one case file; its stem is the name of the recording."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
        return Case(name=path.stem, **fields)
    except (TypeError, AttributeError) as error:
        raise LabError(f"{path}: not a case ({error}); see examples/lab/README.md for the keys") from error


def find_cases(names: list[str]) -> list[Case]:
    """Load the named cases (stems or shell patterns), all of them for no name, in the order of their names."""
    found = sorted({p for name in names or ["*"] for p in CASES.glob(f"{name}.yaml")})
    if not found:
        raise LabError(f"no case matches {' '.join(names)}; see {CASES}")
    return [load_case(path) for path in found]
