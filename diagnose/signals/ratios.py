"""Measures that two metrics make together: hit ratios, disk usage, connections in use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from diagnose.signals.draft import Draft, Told, matched, measured
from diagnose.signals.families import Family
from diagnose.signals.meanings import candidates
from diagnose.signals.rates import Clock, increments, over
from diagnose.signals.series import FloatArray, MetricType, Role

_FREE = re.compile(r"(free|available|avail)(?=_|$)")
_POOLED = re.compile(r"pool|conn")
_USED = re.compile(r"in_?use|used|active|busy|acquired|checked_?out")
_SIZES = ("size", "total", "capacity")
_HIT, _MISS = re.compile(r"hits?", re.IGNORECASE), re.compile(r"miss(es)?", re.IGNORECASE)


def ratios(families: Mapping[str, Family], window: Clock) -> Iterator[Draft]:
    """The ratios that the families of one target yield; `families` by name."""
    for name, family in families.items():
        if family.type is MetricType.COUNTER:
            yield from _hits(name, family, families, window)
            yield from _hits_by_label(family, window)
            yield from _throttled(name, family, families, window)
        elif _POOLED.search(name):
            yield from _borrowed(family)
        elif _FREE.search(name) and (size := _sized(name, families)) is not None:
            yield from _used(family, size)


def _hits(name: str, family: Family, families: Mapping[str, Family], window: Clock) -> Iterator[Draft]:
    if "hits" not in name:
        return
    misses = next(
        (families[other] for word in ("misses", "miss") if (other := name.replace("hits", word)) in families), None
    )
    if misses is not None:
        grown = over(increments(family.values).sum(axis=0), window)
        lost = over(increments(misses.values).sum(axis=0), window)
        rates = [f"sum(rate({matched(each)}[{window.range}]))" for each in (family, misses)]
        yield _share(family, Role.CACHE_HITS, grown, grown + lost, f"{rates[0]} / ({rates[0]} + {rates[1]})")


def _throttled(name: str, family: Family, families: Mapping[str, Family], window: Clock) -> Iterator[Draft]:
    """The share of scheduling periods in which a container was held back."""
    whole = families.get(name.replace("throttled_periods", "periods"))
    if whole is None or whole is family:
        return
    held, periods = (over(increments(each.values).sum(axis=0), window) for each in (family, whole))
    rates = [f"sum(rate({matched(each)}[{window.range}]))" for each in (family, whole)]
    yield _share(family, Role.CPU_THROTTLED, held, periods, " / ".join(rates))


def _hits_by_label(family: Family, window: Clock) -> Iterator[Draft]:
    for label in family.splitting:
        groups = family.split(label)
        hits = [row for value, rows in groups.items() if _HIT.fullmatch(value) for row in rows]
        misses = [row for value, rows in groups.items() if _MISS.fullmatch(value) for row in rows]
        if hits and misses:
            growth = increments(family.values)
            grown = over(growth[hits].sum(axis=0), window)
            whole = over(growth[hits + misses].sum(axis=0), window)
            part = matched(family, "", f'{label}=~"hits?"')
            query = f"sum(rate({part}[{window.range}])) / sum(rate({matched(family)}[{window.range}]))"
            yield _share(family, Role.CACHE_HITS, grown, whole, query)


def _borrowed(family: Family) -> Iterator[Draft]:
    """What is in use of a pool that tells only what is open and what is idle."""
    for label in family.splitting:
        groups = {value.lower(): rows for value, rows in family.split(label).items()}
        whole = next((groups[word] for word in ("open", "total", "all") if word in groups), None)
        if whole is None or "idle" not in groups or any(_USED.fullmatch(value) for value in groups):
            continue
        used = family.values[whole].sum(axis=0) - family.values[groups["idle"]].sum(axis=0)
        parts = [f"sum({matched(family, '', _among(label, words))})" for words in ("open|total|all", "idle")]
        yield Draft(measured(family, Told(Role.POOL_IN_USE, "", f"{parts[0]} - {parts[1]}"), used))


def _sized(name: str, families: Mapping[str, Family]) -> Family | None:
    return next(
        (families[other] for word in _SIZES if (other := _FREE.sub(word, name)) in families and other != name), None
    )


def _used(free: Family, size: Family) -> Iterator[Draft]:
    """The fullest of the file systems that both metrics tell of."""
    sizes = {each.labels: row for row, each in enumerate(size.series)}
    pairs = [(row, sizes[each.labels]) for row, each in enumerate(free.series) if each.labels in sizes]
    pairs = [pair for pair in pairs if _role(free, pair[0]) is not Role.OTHER]
    if not pairs or re.search(r"disk|filesystem|volume|storage|spool", free.name) is None:
        return
    left, whole = free.values[[pair[0] for pair in pairs]], size.values[[pair[1] for pair in pairs]]
    used = 1.0 - np.divide(left, whole, out=np.full(left.shape, np.nan), where=whole > 0)
    known = np.isfinite(used).any(axis=0)
    worst = np.where(known, np.max(np.where(np.isfinite(used), used, -np.inf), axis=0), np.nan)
    query = f"max(1 - {matched(free)} / {matched(size)})"
    yield Draft(measured(free, Told(Role.DISK_USED, "ratio", query), worst))


def _role(family: Family, row: int) -> Role:
    """What the catalogue takes a row of a family for."""
    labels = family.series[row].labels
    return next((line.role for line in candidates(family.name, family.type) if line.fits(labels)), Role.OTHER)


def _among(label: str, words: str) -> str:
    return f'{label}=~"{words}"'


def _share(family: Family, role: Role, part: FloatArray, whole: FloatArray, query: str) -> Draft:
    values = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole >= 1)
    return Draft(measured(family, Told(role, "ratio", query), values))
