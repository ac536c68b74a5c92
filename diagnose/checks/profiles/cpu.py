"""What became hot: own functions, garbage collection, system calls and locks as parts of CPU time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.profiles.heap import column
from diagnose.checks.profiles.locate import any_where, first_where, flags_of, name_of, place, spot
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.checks.profiles.top import sums
from diagnose.signals.profile import Profile

Ints = NDArray[np.int64]
_GC = (
    "runtime.gcBgMarkWorker",
    "runtime.gcAssistAlloc",
    "runtime.bgsweep",
    "runtime.bgscavenge",
    "runtime.gcStart",
    "runtime.(*sweepLocked)",
    "runtime.scanobject",
    "runtime.markroot",
)
_ALLOCATION = ("runtime.mallocgc", "runtime.newobject", "runtime.makeslice", "runtime.growslice")
_SYSTEM = ("syscall.", "internal/runtime/syscall.", "runtime/internal/syscall.", "runtime.futex", "runtime.epollwait")
_LOCKS = (
    "runtime.lock2",
    "runtime.procyield",
    "sync.(*Mutex).lockSlow",
    "internal/sync.(*Mutex).lockSlow",
    "runtime.osyield",
)
_PROFILING = ("runtime/pprof.", "net/http/pprof.")
_MIN_SHARE = 0.25
_MIN_CORES = 0.05  # fifty of the hundred samples a second in ten seconds
_CARRIES = 0.6


@dataclass(frozen=True, slots=True)
class HotFunction:
    """An own function: CPU seconds with what it calls, in cores, now and in the baseline (None without one)."""

    function: str
    location: str
    cores: float
    before: float | None


@dataclass(frozen=True, slots=True)
class CpuVerdict:
    """What a CPU profile says. `kind` is hot (own code), gc, system, locks, spread or none; parts are 0..1 of all CPU.

    `cores` is CPU seconds per second of wall time, None where the profile does not know how long it took.
    """

    kind: str
    strength: float
    function: str
    location: str
    because: str
    cores: float | None
    before: float | None
    parts: Mapping[str, float]
    functions: tuple[HotFunction, ...]


def judge(base: Profile | None, incident: Profile, *, own: OwnCode | None = None) -> CpuVerdict:
    """Judge CPU time against the baseline.

    The culprit is the deepest own function that carries at least 60 % of the largest growth of any: handlers and
    wrappers above it carry as much but are not where the work is.
    """
    own = own or own_code([profile for profile in (base, incident) if profile is not None])
    now, wall = _own_seconds(incident, own), incident.duration_s or 0.0
    then = _own_seconds(base, own) if base is not None else {}
    wall_then = (base.duration_s or 0.0) if base is not None else 0.0
    cores, before = _cores(incident), _cores(base)
    rows = {
        name: HotFunction(
            name, where, _rate(seconds, wall), _rate(then.get(name, (0.0, ""))[0], wall_then) if base else None
        )
        for name, (seconds, where) in now.items()
    }
    functions = tuple(sorted(rows.values(), key=lambda row: (-_grown(row), row.function)))
    parts = _parts(incident)
    lead = _deepest(incident, own, {row.function: _grown(row) for row in functions})
    hot = rows.get(lead) if lead else None
    kind, strength = _verdict(hot, cores, before, parts)
    shown = hot if kind in ("hot", "gc") and hot is not None and _grown(hot) > 0 else None
    return CpuVerdict(
        kind=kind,
        strength=round(strength, 3),
        function=shown.function if shown else "",
        location=shown.location if shown else "",
        because=_because(kind, hot, cores, before, parts),
        cores=cores,
        before=before,
        parts=parts,
        functions=functions,
    )


def _grown(row: HotFunction) -> float:
    return row.cores - (row.before or 0.0)


def _rate(seconds: float, wall: float) -> float:
    return seconds / wall if wall else seconds


def _verdict(
    hot: HotFunction | None, cores: float | None, before: float | None, parts: Mapping[str, float]
) -> tuple[str, float]:
    if cores is None or (before is not None and cores < max(1.5 * before, before + _MIN_CORES)) or cores < 0.08:
        return "none", 0.0
    growth = cores - (before or 0.0)
    size = min(1.0, growth / max(before or 0.0, 0.2)) ** 0.5 * (1.0 if before is not None else 0.6)
    share = _grown(hot) / growth if hot is not None and growth > 0 else 0.0
    if parts["gc"] >= 0.6 or (parts["gc"] >= 0.4 and share < 0.4):
        return "gc", size * parts["gc"]
    if share >= _MIN_SHARE:
        return "hot", size * (0.4 + 0.6 * min(share, 1.0))
    for name in ("gc", "system", "locks"):
        if parts[name] >= 0.4:
            return name, size * parts[name]
    return "spread", 0.3 * size


def _because(
    kind: str, hot: HotFunction | None, cores: float | None, before: float | None, parts: Mapping[str, float]
) -> str:
    if cores is None:
        return "the profile does not tell for how long it was taken"
    used = f"{cores:.2f} cores in use" + (f", {before:.2f} in the baseline" if before is not None else "")
    split = f"garbage collection {parts['gc']:.0%}, system calls {parts['system']:.0%}, locks {parts['locks']:.0%}"
    if kind == "hot" and hot is not None:
        was = f" (baseline {hot.before:.2f})" if hot.before is not None else ""
        return f"{used}; {spot(hot.function, hot.location)} with what it calls takes {hot.cores:.2f}{was}; {split}"
    return f"{used}; {split}"


def _seconds(profile: Profile) -> Ints | None:
    """Nanoseconds of CPU by sample; samples times period where the producer gives no time."""
    for item in sorted(profile.sample_types, key=lambda item: not item.type.startswith("cpu")):
        if item.unit == "nanoseconds":
            return column(profile, item.type)
    for item in profile.sample_types:
        if item.unit in ("microseconds", "milliseconds", "seconds"):
            factor = {"microseconds": 1_000, "milliseconds": 1_000_000, "seconds": 1_000_000_000}[item.unit]
            values = column(profile, item.type)
            return None if values is None else values * factor
    values = column(profile, "samples")
    return None if values is None else values * (profile.period or 10_000_000)


def _cores(profile: Profile | None) -> float | None:
    values = _seconds(profile) if profile is not None else None
    if profile is None or values is None or not profile.duration_s:
        return None
    return float(values.sum()) / 1e9 / profile.duration_s


def _own_seconds(profile: Profile, own: OwnCode) -> dict[str, tuple[float, str]]:
    """CPU seconds with callees by own function, and the line of it that is seen most."""
    values = _seconds(profile)
    if values is None:
        return {}
    flags = own.flags(profile.frames)
    quiet = any_where(profile, flags_of(profile, _PROFILING))
    names: dict[str, int] = {}
    group = np.zeros(len(profile.frames), dtype=np.int64)
    for i, frame in enumerate(profile.frames):
        group[i] = names.setdefault(name_of(frame) if flags[i] else "", len(names))
    _, cum = sums(profile, group, len(names), np.where(quiet, 0, values))
    _, lines = sums(profile, np.arange(len(profile.frames)), len(profile.frames), values)
    best: dict[str, int] = {}
    for i in map(int, np.flatnonzero(flags)):
        name = name_of(profile.frames[i])
        if name not in best or lines[i] > lines[best[name]]:
            best[name] = i
    return {name: (int(cum[names[name]]) / 1e9, place(profile.frames[i])) for name, i in best.items()}


def _deepest(profile: Profile, own: OwnCode, grown: Mapping[str, float]) -> str:
    """The own function nearest to the leaves that still carries most of the growth."""
    most = max(grown.values(), default=0.0)
    strong = {name for name, value in grown.items() if value > 0 and value >= _CARRIES * most}
    if not strong:
        return ""
    flags = np.fromiter((name_of(f) in strong for f in profile.frames), np.bool_, len(profile.frames))
    flags &= own.flags(profile.frames)
    values = _seconds(profile)
    nearest = first_where(profile, flags)
    weight: dict[str, int] = {}
    for i, value in zip(nearest, values if values is not None else (), strict=False):
        if i >= 0:
            name = name_of(profile.frames[int(i)])
            weight[name] = weight.get(name, 0) + int(value)
    return max(sorted(weight), key=lambda name: weight[name], default="")


def _parts(profile: Profile) -> dict[str, float]:
    """Parts of CPU time that go to garbage collection (with allocation), the kernel, and spinning for locks."""
    values = _seconds(profile)
    total = int(values.sum()) if values is not None else 0
    parts = {"gc": _GC, "allocation": _ALLOCATION, "system": _SYSTEM, "locks": _LOCKS}
    if values is None or not total:
        return dict.fromkeys(parts, 0.0)
    return {
        name: round(float(values[any_where(profile, flags_of(profile, marks))].sum()) / total, 4)
        for name, marks in parts.items()
    }
