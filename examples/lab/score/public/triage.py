"""A class of cause and an onset: incidents of many services with innocent deploys beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from diagnose.checks.case import Case
from diagnose.investigate import Request, collect, diagnose, library_of
from diagnose.playbook.causes import CAUSES
from diagnose.playbook.diagnosis import Diagnosis
from diagnose.signals.window import Window
from score.cases import moment
from score.figures import share
from score.public.result import Figure, Result, percent

AHEAD_S = 2400.0
"""How long before its alert an incident may have begun, from the descriptions of the set."""

SENSIBLE = {
    "rotate-cert": {"tls-certificate"},
    "failover": {"dependency-down", "slow-dependency", "application-error"},
    "purge-bad-data": {"application-error"},
}
"""Causes that agree with the documented remedy; where code was at fault, `CODE`."""

CODE = {
    "bad-deploy", "application-error", "slow-dependency", "rate-limited", "cpu-hotspot", "lock-contention",
    "crash-loop", "db-pool-exhaustion", "bad-config",
}  # fmt: skip


def rootcausebench(folder: Path) -> Result:
    """Log and metrics: a cause that agrees with the remedy, an onset before the alert, no innocent deploy blamed."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    sensible, dated, spared, floor, blamed, wrong = [], [], [], [], [], []
    for name, label in sorted(labels.items()):
        found, case = one(folder / name)
        accepted = SENSIBLE.get(label["remediation"], CODE)
        sensible.append(found.verdict.cause in accepted)
        floor.append(len(accepted) / len(CAUSES))
        dated.append(is_dated(case, folder / name))
        blamed.append(case.suspects[:1] and case.suspects[0][0] == label["first_failing_service"])
        spared += [found.verdict.cause != "bad-deploy"] if label["root_cause_commit"] == "none" else []
        if not (sensible[-1] and dated[-1]):
            onset = "dated" if dated[-1] else "not dated"
            wrong.append(f"`{name}`: {found.verdict.cause} ({found.verdict.confidence:.2f}), {onset}")
    figures = (
        Figure("a cause that agrees with the remedy", share(sensible), percent(sum(floor) / len(floor))),
        Figure(f"onset in the {AHEAD_S / 60:.0f} min before the alert", share(dated), "–"),
        Figure("no deploy blamed where none is at fault", share(spared), "–"),
        Figure("the service that failed first is first", share(map(bool, blamed)), percent(0.5)),
    )
    return Result("rootcausebench", figures, wrong)


def one(folder: Path) -> tuple[Diagnosis, Case]:
    """Diagnose one incident on the span of its metrics."""
    stamps = [line.split(",", 1)[0] for line in (folder / "metrics.csv").read_text(encoding="utf-8").splitlines()[1:]]
    request = Request(
        window=Window(moment(min(stamps)), moment(max(stamps)) + 1.0),
        metrics=str(folder / "metrics.csv"),
        dependencies=(str(folder / "traces.json"),),
        logs=(str(folder / "logs.ndjson"),),
    )
    return diagnose(collect(request, progress=lambda _: None), library_of("triage"))


def is_dated(case: Case, folder: Path) -> bool:
    """Whether the onset lies before the alert and not too long before it."""
    alert: Mapping[str, Any] = json.loads((folder / "alert.json").read_text(encoding="utf-8"))
    fired = moment(alert["fired_at"])
    return case.onset is not None and fired - AHEAD_S <= case.onset <= fired
