"""What grew on the heap, and who allocates most, by the own code that asked for it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.profiles.locate import any_where, first_where, flags_of, name_of, place, spot
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.signals.profile import Frame, Profile

Ints = NDArray[np.int64]
_MIN_GROWTH = 4 << 20
_MANY, _LARGE = 16, 32 << 10  # pieces, and bytes of each: beyond what Go allocates by size class
_BUFFERS = (
    "bufio.NewReader",
    "bufio.NewWriter",
    "net/http.(*Transport).",
    "net/http.(*persistConn).",
    "net/http.newBufioReader",
    "net/http.newBufioWriter",
    "net.newFD",
    "net.(*netFD).",
    "net.(*Dialer).",
    "crypto/tls.",
    "golang.org/x/net/http2.",
)
_CONNECTS = re.compile(r"(?i)\.\(?\*?\w*\)?\.?(?:new|open|dial)\w*(?:conn|client|pool|db)|\.dial\w*$")
_OWN_WORK = ("runtime/pprof.", "net/http/pprof.", "compress/flate.")


@dataclass(frozen=True, slots=True)
class Site:
    """An own function and what its stacks hold or allocate: `growth` against the baseline, `share` of all growth."""

    function: str
    location: str
    value: int
    growth: int
    share: float


@dataclass(frozen=True, slots=True)
class HeapVerdict:
    """What the heap says; bytes, and bytes per second for the allocation rate.

    `kind` is growth (one own site holds more and more), connections (buffers of connections grew), spread (it grew in
    many places) or none. `allocator` is who allocates most between the snapshots, whatever becomes of it.
    """

    kind: str
    strength: float
    function: str
    location: str
    because: str
    before: int | None
    now: int
    growth: int
    buffers: int
    sites: tuple[Site, ...]
    allocated_per_s: float | None
    allocator: Site | None


def judge(base: Profile | None, incident: Profile, *, own: OwnCode | None = None) -> HeapVerdict:
    """Judge the memory in use of two snapshots, and what was allocated between them.

    Growth counts from 4 MiB on (a sampled heap is exact to about half a MiB a site) and from a quarter of what was
    there. Without a baseline only a site that holds most of a large heap is named, at a third of the strength.
    """
    own = own or own_code([profile for profile in (base, incident) if profile is not None])
    sites = _sites(base, incident, own, "inuse_space")
    now = _total(incident, "inuse_space")
    before = _total(base, "inuse_space") if base is not None else None
    growth = now - (before or 0)
    buffers = _part(incident, "inuse_space") - (_part(base, "inuse_space") if base is not None else 0)
    rate, allocator = allocation(base, incident, own=own)
    named = [site for site in sites if site.function]
    lead = max(named, key=lambda site: site.growth, default=None)
    kind, strength = _verdict(lead, growth, before, buffers)
    if base is not None and restarted(base, incident):
        # a fresh process fills its caches: only what goes far beyond the old one's size says something
        kind, strength = (kind, strength / 2) if now > 2 * (before or 0) else ("none", 0.0)
    pieces = _pieces(base, incident, own, lead) if kind == "growth" and lead is not None else ""
    shown = lead if kind == "growth" else _connector(base, incident, own) if kind == "connections" else None
    return HeapVerdict(
        kind=kind,
        strength=round(strength, 3),
        function=shown.function if shown else "",
        location=shown.location if shown else "",
        because=_because(kind, lead, growth, before, now, buffers) + pieces,
        before=before,
        now=now,
        growth=growth,
        buffers=buffers,
        sites=sites,
        allocated_per_s=rate,
        allocator=allocator,
    )


def allocation(
    base: Profile | None, incident: Profile, *, own: OwnCode | None = None
) -> tuple[float | None, Site | None]:
    """Bytes allocated per second between two snapshots of one process, and the own function that allocates most.

    None where time stamps are missing or the process was restarted between them (its counters went down).
    """
    own = own or own_code([profile for profile in (base, incident) if profile is not None])
    sites = [site for site in _sites(base, incident, own, "alloc_space") if site.function]
    lead = max(sites, key=lambda site: site.growth, default=None)
    if base is None or base.taken_at is None or incident.taken_at is None or incident.taken_at <= base.taken_at:
        return None, lead
    if restarted(base, incident):
        return None, None
    grown = _total(incident, "alloc_space") - _total(base, "alloc_space")
    return grown / (incident.taken_at - base.taken_at), lead


def restarted(base: Profile, incident: Profile) -> bool:
    """Whether the counters went down: then the snapshots are of two processes."""
    return _total(incident, "alloc_space") < _total(base, "alloc_space")


def _connector(base: Profile | None, incident: Profile, own: OwnCode) -> Site | None:
    """The own function under which the most buffers of connections grew, where their stacks show one."""
    now, then = (_by_function(profile, own, "inuse_space", only=_connects) for profile in (incident, base))
    grown = {name: value - then.get(name, (0, ""))[0] for name, (value, _) in now.items() if name}
    best = max(sorted(grown), key=lambda name: grown[name], default="")
    if not best or grown[best] < _MIN_GROWTH // 8:
        return None
    return Site(best, now[best][1], now[best][0], grown[best], 0.0)


def _connects(frame: Frame) -> bool:
    return frame.function.startswith(_BUFFERS) or bool(_CONNECTS.search(frame.function))


def _verdict(lead: Site | None, growth: int, before: int | None, buffers: int) -> tuple[str, float]:
    if growth < _MIN_GROWTH or (before is not None and growth < 0.25 * before):
        return "none", 0.0
    size = min(1.0, math.log2(1 + growth / max(before, _MIN_GROWTH)) / 3) if before is not None else 0.3
    if buffers >= 0.4 * growth and (lead is None or buffers > lead.growth * 0.8):
        return "connections", size * min(buffers / growth, 1.0)
    if lead is not None and lead.growth >= 0.3 * growth and lead.growth >= _MIN_GROWTH // 2:
        return "growth", size * min(lead.share, 1.0)
    return "spread", 0.4 * size


def _because(kind: str, lead: Site | None, growth: int, before: int | None, now: int, buffers: int) -> str:
    was = f"from {_mib(before)} to {_mib(now)}" if before is not None else f"to {_mib(now)} since the start"
    if kind == "growth" and lead is not None:
        held = f"holds {_mib(lead.growth)} more ({lead.share:.0%} of the growth)"
        return f"the heap grew {was}; {spot(lead.function, lead.location)} {held}"
    if kind == "connections":
        return f"the heap grew {was}; {_mib(buffers)} of it are buffers of network connections"
    if kind == "spread":
        return f"the heap grew {was}, spread over many places"
    return f"the heap holds {_mib(now)}" + (f", {growth / (1 << 20):+.1f} MiB against the baseline" if before else "")


def _pieces(base: Profile | None, incident: Profile, own: OwnCode, lead: Site) -> str:
    """What to say of large pieces: a small slice of each is enough to keep all of it."""
    now, then = (
        _by_function(profile, own, "inuse_objects").get(lead.function, (0, ""))[0] for profile in (incident, base)
    )
    more = now - then
    if more < _MANY or lead.growth < _LARGE * more:
        return ""
    return f", in pieces of {lead.growth / more / 1024:.0f} KiB each: to keep a small slice of one keeps all of it"


def _mib(count: int | None) -> str:
    return f"{(count or 0) / (1 << 20):.1f} MiB"


def _sites(base: Profile | None, incident: Profile, own: OwnCode, type_name: str) -> tuple[Site, ...]:
    now = _by_function(incident, own, type_name)
    before = _by_function(base, own, type_name) if base is not None else {}
    growth = _total(incident, type_name) - (_total(base, type_name) if base is not None else 0)
    sites = []
    for function in sorted({*now, *before}):
        value, location = now.get(function, (0, ""))
        grown = value - before.get(function, (0, ""))[0]
        share = min(grown / growth, 1.0) if growth > 0 else 0.0
        sites.append(Site(function, location or before.get(function, (0, ""))[1], value, grown, round(share, 4)))
    return tuple(sorted(sites, key=lambda site: (-site.growth, site.function)))


def _by_function(
    profile: Profile | None, own: OwnCode, type_name: str, *, only: Callable[[Frame], bool] | None = None
) -> dict[str, tuple[int, str]]:
    """Bytes by the first own function of each stack, with the line that holds most; empty name: no own code.

    `only` leaves out stacks without such a frame.
    """
    values = column(profile, type_name)
    if values is None or profile is None:
        return {}
    first = first_where(profile, own.flags(profile.frames))
    quiet = any_where(profile, flags_of(profile, _OWN_WORK))
    if only is not None:
        quiet |= ~any_where(profile, np.fromiter(map(only, profile.frames), np.bool_, len(profile.frames)))
    sums = np.zeros(len(profile.frames) + 1, dtype=np.int64)
    np.add.at(sums, first[~quiet], values[~quiet])
    found: dict[str, tuple[int, str, int]] = {}
    for i in np.flatnonzero(sums):
        frame = profile.frames[i] if i < len(profile.frames) else None
        name, where = (name_of(frame), place(frame)) if frame else ("", "")
        value = int(sums[i])
        total, best, most = found.get(name, (0, where, value))
        found[name] = (total + value, where if value > most else best, max(value, most))
    return {name: (total, where) for name, (total, where, _) in found.items()}


_SAME = {"inuse_space": ("space", "heap_space"), "inuse_objects": ("objects",)}  # as other allocators call them


def column(profile: Profile | None, type_name: str) -> Ints | None:
    """The values of a sample type, None where the profile has none of it."""
    if profile is None:
        return None
    names = [item.type.replace("-", "_") for item in profile.sample_types]
    found = next((name for name in (type_name, *_SAME.get(type_name, ())) if name in names), None)
    return profile.values[:, names.index(found)] if found is not None else None


def _total(profile: Profile | None, type_name: str) -> int:
    values = column(profile, type_name)
    return int(values.sum()) if values is not None else 0


def _part(profile: Profile | None, type_name: str) -> int:
    """Bytes in stacks that pass through code that makes connections."""
    values = column(profile, type_name)
    if values is None or profile is None:
        return 0
    return int(values[any_where(profile, flags_of(profile, _BUFFERS))].sum())
