"""Profiles of many instances of one service side by side: what grows on most, and which one is not like the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from diagnose.checks.profiles.groups import groups
from diagnose.checks.profiles.heap import column
from diagnose.checks.profiles.locate import first_where, name_of, place
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.checks.profiles.pairs import pairs
from diagnose.checks.profiles.waits import FOREVER, Wait
from diagnose.signals.profile import Profile, ProfileKind

LEAST = {
    ProfileKind.HEAP: 4 << 20,  # bytes: a sampled heap is exact to about half a MiB a place
    ProfileKind.GOROUTINE: 10,
    ProfileKind.CPU: 0.05,  # cores
    ProfileKind.MUTEX: 0.1,  # seconds of waiting per second
    ProfileKind.BLOCK: 0.1,
}
"""The kinds that are compared, and the least by which an instance must differ or a place must grow."""

_COLUMNS = {
    ProfileKind.HEAP: ("inuse_space", "bytes", 1.0),
    ProfileKind.CPU: ("cpu", "cores", 1e9),
    ProfileKind.MUTEX: ("delay", "s/s", 1e9),
    ProfileKind.BLOCK: ("delay", "s/s", 1e9),
}
_STUCK = FOREVER | {Wait.LOCK, Wait.POOL, Wait.UPSTREAM, Wait.CONNECTION}
_CROWD = 4  # fewer instances have no majority that one could stand out from
_DEVIATIONS = 6.0
_TWICE = 2.0
_SIGMA = 1.4826  # of the median absolute deviation, for normal noise


@dataclass(frozen=True, slots=True)
class Place:
    """What one instance holds or does at an own function: now, and how much more than in its first snapshot."""

    location: str
    value: float
    growth: float | None


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of profile of one instance, by own function."""

    instance: str
    kind: ProfileKind
    unit: str
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Site:
    """One own function over all instances; `grew_on` is None where instances gave one snapshot each.

    `typical` is the median over the instances, `worst` the instance with the most, `outliers` those far from the rest.
    """

    kind: ProfileKind
    unit: str
    function: str
    location: str
    on: int
    of: int
    grew_on: int | None
    total: float
    typical: float
    worst: str
    most: float
    outliers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FleetVerdict:
    """`kind` is leak (a place grows on half of the instances or more), sick (some stand out) or none."""

    kind: str
    because: str
    instances: int
    sick: tuple[tuple[str, tuple[Site, ...]], ...]
    sites: tuple[Site, ...]


def held(instance: str, profiles: Sequence[Profile], *, own: OwnCode | None = None) -> tuple[Held, ...]:
    """What the snapshots of one instance say, small enough to be sent to whoever compares."""
    own = own or own_code(profiles)
    found = []
    for kind, (base, last) in pairs(profiles, onset=None).items():
        if kind is ProfileKind.GOROUTINE:
            found.append(Held(instance, kind, "goroutines", _crowds(base, last, own)))
        elif kind in _COLUMNS:
            now = _values(last, own)
            before = _values(base, own) if base is not None else None
            unit = _COLUMNS[kind][1]
            found.append(Held(instance, kind, unit, {name: _place(name, now, before) for name in sorted(now)}))
    return tuple(found)


def _place(name: str, now: Mapping[str, tuple[float, str]], before: Mapping[str, tuple[float, str]] | None) -> Place:
    value, where = now[name]
    return Place(where, value, None if before is None else value - before.get(name, (0.0, ""))[0])


def _crowds(base: Profile | None, last: Profile, own: OwnCode) -> dict[str, Place]:
    """Goroutines that wait, by own function."""
    found: dict[str, Place] = {}
    for group in groups(base, last, own):
        if group.function and group.wait in _STUCK:
            known = found.get(group.function, Place(group.location, 0, 0))
            growth = None if base is None else (known.growth or 0) + group.growth
            found[group.function] = Place(known.location, known.value + group.count, growth)
    return found


def _values(profile: Profile, own: OwnCode) -> dict[str, tuple[float, str]]:
    """Value by the first own function of each stack and the line of it that has most; of time, that of one second."""
    wanted, _, scale = _COLUMNS[profile.kind]
    values = column(profile, wanted)
    if values is None:
        return {}
    per = (profile.duration_s or 1.0) * scale if profile.kind is ProfileKind.CPU else scale
    first = first_where(profile, own.flags(profile.frames))
    sums = np.bincount(first[first >= 0], values[first >= 0], len(profile.frames)) / per
    found: dict[str, tuple[float, str]] = {}
    for i in np.flatnonzero(sums)[np.argsort(-sums[np.flatnonzero(sums)], kind="stable")].tolist():
        name = name_of(profile.frames[i])
        value, where = found.get(name, (0.0, place(profile.frames[i])))
        found[name] = (value + float(sums[i]), where)
    return found


def judge(rows: Sequence[Held]) -> FleetVerdict:
    """Compare the instances, place by place.

    An instance stands out where it has at least twice what is typical and six robust deviations (of the median
    absolute deviation) more, and there are at least four to compare. Growth is compared where every instance gave two
    snapshots, else what is held now.
    """
    names = sorted({row.instance for row in rows})
    sites = [site for kind in LEAST for site in _sites([row for row in rows if row.kind is kind])]
    sites.sort(
        key=lambda site: (-len(site.outliers), -(site.grew_on or 0), -site.most / LEAST[site.kind], site.function)
    )
    leaking = [site for site in sites if site.grew_on is not None and 2 * site.grew_on >= site.of > 1]
    sick = {name: tuple(site for site in sites if name in site.outliers) for name in names}
    ranked = sorted(((name, found) for name, found in sick.items() if found), key=lambda row: (-len(row[1]), row[0]))
    kind = "leak" if leaking else "sick" if ranked else "none"
    return FleetVerdict(kind, _because(kind, leaking, ranked, len(names)), len(names), tuple(ranked), tuple(sites))


def _sites(rows: Sequence[Held]) -> list[Site]:
    """Places of one kind that differ or grow by what counts at all."""
    grows = all(place.growth is not None for row in rows for place in row.places.values())
    found = []
    for name in sorted({name for row in rows for name in row.places}):
        have = {row.instance: row.places[name] for row in rows if name in row.places}
        amounts = {
            row.instance: _amount(have[row.instance], grows=grows) if row.instance in have else 0.0 for row in rows
        }
        least = LEAST[rows[0].kind]
        if max(amounts.values()) < least:
            continue
        worst = max(sorted(amounts), key=lambda instance: amounts[instance])
        grew = [one for one in have.values() if one.growth is not None and _grew(one, least)]
        found.append(
            Site(
                kind=rows[0].kind,
                unit=rows[0].unit,
                function=name,
                location=have[worst].location,
                on=len(have),
                of=len(rows),
                grew_on=len(grew) if grows else None,
                total=sum(amounts.values()),
                typical=float(np.median(list(amounts.values()))),
                worst=worst,
                most=amounts[worst],
                outliers=_outliers(amounts, least),
            )
        )
    return found


def _amount(place: Place, *, grows: bool) -> float:
    return float(place.growth or 0.0) if grows else place.value


def _grew(place: Place, least: float) -> bool:
    """By what counts, and by a quarter of what was there."""
    growth = place.growth or 0.0
    return growth >= least and growth >= 0.25 * (place.value - growth)


def _outliers(amounts: Mapping[str, float], least: float) -> tuple[str, ...]:
    values = np.array(list(amounts.values()))
    if len(values) < _CROWD:
        return ()
    middle = float(np.median(values))
    noise = _SIGMA * float(np.median(np.abs(values - middle)))
    above = middle + max(least, _DEVIATIONS * noise, (_TWICE - 1) * abs(middle))
    return tuple(sorted((name for name, value in amounts.items() if value >= above), key=lambda name: -amounts[name]))


def _because(kind: str, leaking: Sequence[Site], sick: Sequence[tuple[str, tuple[Site, ...]]], instances: int) -> str:
    if kind == "leak":
        site = max(leaking, key=lambda site: (site.grew_on or 0, site.total / LEAST[site.kind]))
        return f"{site.function} ({site.location}) grows on {site.grew_on} of {site.of} instances ({site.kind})"
    if kind == "sick":
        name, sites = sick[0]
        more = f" and {len(sick) - 1} more" if len(sick) > 1 else ""
        return f"{name}{more} of {instances} instances not like the rest, most in {sites[0].function} ({sites[0].kind})"
    return f"no place grows on most of the {instances} instances, and none of them stands out"
