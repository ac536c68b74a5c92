"""Measures of gauges, plain counters and info metrics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from diagnose.signals.catalogue import Join, Meaning
from diagnose.signals.draft import Draft, Told, matched, measured
from diagnose.signals.families import Family
from diagnose.signals.naming import unit_of
from diagnose.signals.rates import Clock, increments, over
from diagnose.signals.series import FloatArray, Measure, MetricType, Role
from diagnose.signals.sides import outbound, outward, split_label

_SPLIT = frozenset(
    {
        Role.POOL_IN_USE,
        Role.POOL_MAX,
        Role.POOL_WAITING,
        Role.POOL_WAIT_TIME,
        Role.QUEUE,
        Role.QUEUE_LIMIT,
        Role.ERRORS,
        Role.ERROR_RATIO,
        Role.UPSTREAM_ERRORS,
        Role.UPSTREAM_LATENCY,
        Role.LATENCY,
        Role.LATENCY_TAIL,
        Role.OTHER,
        Role.DISK_USED,
        Role.DISK_FREE,
        Role.IN_FLIGHT,
        Role.CACHE_HITS,
        Role.SOCKETS,
    }
)
_CUMULATIVE = frozenset({Role.RESTARTS, Role.OOM_KILLS})
_MAX_SPLITS = 24
_SUCCESS = re.compile(r"success|availability|_up$")
_RUNTIME = re.compile(r"(?:go|jvm|java|python|ruby|php|node|nodejs_version|dotnet|erlang_vm)(?:_runtime)?_info")
_ANY_DATE = 5e8
"""Seconds: larger is a date, smaller is a time left."""
_VERSION_LABELS = ("version", "revision", "commit", "tag", "image", "goversion", "build", "git_commit", "release")
_JOINS: dict[Join, Callable[..., FloatArray]] = {
    Join.SUM: np.nansum,
    Join.MAX: np.nanmax,
    Join.MIN: np.nanmin,
    Join.MEAN: np.nanmean,
}


def plain(family: Family, line: Meaning | None, window: Clock) -> Iterator[Draft]:
    """One measure for the family and, where it is worth it, one for each part of its split."""
    role = line.role if line else Role.OTHER
    if not (line and line.taught) and any(outbound(family.name, each.labels) for each in family.series[:50]):
        role = outward(role)
    rank = line.rank if line else 0
    values = _rated(family, role, window)
    yield Draft(_joined(family, role, line, values, window), rank)
    label = split_label(family.splitting, outwards=False) or next(iter(family.splitting), None)
    if role not in _SPLIT or label is None or len(family.series) > 10 * _MAX_SPLITS:
        return
    for detail, rows in list(family.split(label).items())[:_MAX_SPLITS]:
        yield Draft(_joined(family.rows(rows), role, line, values[rows], window, detail), rank)


def versions(family: Family) -> Iterator[Draft]:
    """For each version that an info metric tells, where it was seen (1) and where not (NaN)."""
    for index, each in enumerate(family.series):
        said = next((each.label(key) for key in _VERSION_LABELS if each.label(key)), None)
        if said is None:
            continue
        row = family.rows([index])
        seen = np.where(np.isnan(family.values[index]), np.nan, 1.0)
        yield Draft(measured(row, Told(Role.VERSION, "", each.selector, said), seen))


def tells_version(family: Family) -> bool:
    """Whether the family is an info metric: its labels speak, its value is always 1.

    Those of language runtimes tell no version of the service: every release may run on the same.
    """
    if _RUNTIME.fullmatch(family.name):
        return False
    if family.type is MetricType.INFO or family.name.endswith("_info"):
        return True
    named = any(each.label(key) for each in family.series for key in ("version", "revision"))
    return named and "version" in family.name and bool(np.isin(family.values, (1.0,)).any())


def counted(family: Family) -> bool:
    """Whether the family's values only ever grow, so that their rate is what tells."""
    return family.type is MetricType.COUNTER


def _rated(family: Family, role: Role, window: Clock) -> FloatArray:
    if counted(family) and role not in _CUMULATIVE:
        return over(increments(family.values), window) / window.span
    return family.values


def _joined(
    family: Family, role: Role, line: Meaning | None, values: FloatArray, window: Clock, detail: str = ""
) -> Measure:
    unit, scale = _unit(family, role, (line and line.unit) or family.name)
    join = line.join if line else (Join.MAX if unit in ("s", "ratio") and not counted(family) else Join.SUM)
    joined = _told(family, role, _together(values, join) * scale)
    selector = matched(family)
    query = f"rate({selector}[{window.range}])" if counted(family) and role not in _CUMULATIVE else selector
    if len(family.series) > 1:
        query = f"{join.value}({query})"
    return measured(family, Told(role, unit, query, detail), joined)


def _told(family: Family, role: Role, values: FloatArray) -> FloatArray:
    """The values in the sense of the role: failures of what tells successes, a moment of what tells a time left."""
    if role in (Role.ERROR_RATIO, Role.UPSTREAM_ERRORS) and _SUCCESS.search(family.name):
        failing: FloatArray = 1.0 - values
        return failing
    if role is Role.CERTIFICATE_EXPIRY and np.nanmax(values, initial=-np.inf) < _ANY_DATE:
        moments: FloatArray = family.target.times + values * (86400.0 if "day" in family.name else 1.0)
        return moments
    return values


def _together(values: FloatArray, join: Join) -> FloatArray:
    empty = np.isnan(values).all(axis=0)
    filled = np.where(empty, 0.0, values)
    joined: FloatArray = np.where(empty, np.nan, _JOINS[join](filled, axis=0))
    return joined


def _unit(family: Family, role: Role, told: str) -> tuple[str, float]:
    """The base unit and the factor that leads to it, by the unit or the name that tells it."""
    unit, scale = unit_of(told)
    if unit == "ratio" and scale == 1.0 and "util" in family.name and np.nanmax(family.values, initial=0.0) > 2.0:
        return unit, 0.01  # utilisation is given in percent as often as in shares; 200 % of one core is none of a share
    if role is Role.REQUESTS:
        return "1/s", 1 / 60.0 if "minute" in family.name or "_per_min" in family.name else 1.0
    if role in (Role.START_TIME, Role.CERTIFICATE_EXPIRY):
        return "s", 1.0
    if counted(family) and role not in _CUMULATIVE:
        if role is Role.CPU:
            return "cores", scale if unit == "s" else 1.0
        return (f"{unit}/s" if unit else "1/s"), scale
    return unit, scale
