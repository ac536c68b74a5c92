"""Incidents in the short notation of playbook tests: 20 minutes at 15 s, the fault after ten; the log stays calm."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from diagnose.investigate import Request, collect, diagnose, library_of
from diagnose.playbook import notation
from diagnose.playbook.diagnosis import Diagnosis
from diagnose.playbook.staged import Said, Staged

Incident = dict[str, str]
"""By selector the values in promtool's notation."""
ONSET, LAST = 40, 80


def of(labels: str, metrics: Mapping[str, str]) -> Incident:
    """Metrics with the labels of their target; a metric may have labels of its own."""
    found = {}
    for written, values in metrics.items():
        name, _, own = written.partition("{")
        found[name + "{" + ",".join(filter(None, (labels, own.rstrip("}")))) + "}"] = values
    return found


def rate(each: float) -> str:
    """A counter that grows by so much a step."""
    return f"0+{each}x{LAST}"


def turn(before: float, after: float) -> str:
    """A counter that grows by so much a step before the onset, and by so much after it."""
    return f"0+{before}x{ONSET} {before * ONSET + after}+{after}x{LAST - ONSET - 1}"


def step(before: float, after: float) -> str:
    """A gauge that changes once."""
    return f"{before}x{ONSET - 1} {after}x{LAST - ONSET}"


def ramp(before: float, each: float) -> str:
    """A gauge that rises by so much a step from the onset on."""
    return f"{before}x{ONSET - 1} {before + each}{each:+}x{LAST - ONSET}"


def flat(value: float) -> str:
    """A gauge that stays."""
    return f"{value}x{LAST}"


def judged(series: Incident, *, every_s: float = 15.0) -> Diagnosis:
    """What the whole way from the files to the verdict makes of an incident."""
    values = {name: notation.values(text) for name, text in series.items()}
    staged = Staged(every_s=every_s, series=values, log=(Said(0.0, "INFO request served", every_s, LAST),))
    with TemporaryDirectory() as folder:
        metrics, said = Path(folder, "metrics.txt"), Path(folder, "shop.log")
        metrics.write_text(staged.metrics(), encoding="utf-8")
        said.write_text(staged.text(), encoding="utf-8")
        evidence = collect(Request(staged.window, metrics=str(metrics), logs=(str(said),)), progress=lambda _: None)
    return diagnose(evidence, library_of("triage"))[0]


SHOP = 'job="shop",instance="shop:8080"'
_WELL = {
    'http_requests_total{code="200"}': rate(150),
    "http_request_duration_seconds_sum": rate(3),
    "http_request_duration_seconds_count": rate(150),
    "process_cpu_seconds_total": rate(1.5),
    "process_resident_memory_bytes": flat(1.5e8),
}
OK = of(SHOP, _WELL)
FAILS = OK | of(
    SHOP, {'http_requests_total{code="200"}': turn(150, 75), 'http_requests_total{code="500"}': turn(0, 75)}
)
SLOW = OK | of(SHOP, {"http_request_duration_seconds_sum": turn(3, 150)})
