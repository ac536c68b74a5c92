"""What comes to an end: resources that fill up, and certificates that expire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from diagnose.checks.case import Case
from diagnose.checks.metrics.filling import FULL as FULL_UP
from diagnose.checks.metrics.filling import Filling, fillings
from diagnose.monitor.health import Checkup, Health, HealthFinding, Level, worst
from diagnose.signals.series import Measure, Role

FULL: Mapping[str, tuple[float | None, float | None]] = {
    "disk": (0.9, 0.97),
    "files": (0.8, 0.95),
    "memory": (0.95, None),
    "heap": (0.95, None),
    "queue": (0.9, None),
    "pool": (None, None),
}
"""Shares of the limit that are a warning and critical; a pool in full use does its work, a heap lives near its top."""
SOON: tuple[tuple[float, Health], ...] = ((3600.0, Health.CRITICAL), (86400.0, Health.WARNING))
"""Seconds until it is full: a day for a ticket (the node mixin's warning), an hour that a person needs to act."""
EXPIRES: tuple[tuple[float, Health], ...] = ((3 * 86400.0, Health.CRITICAL), (14 * 86400.0, Health.WARNING))
"""Seconds that a certificate has left: renewal by ACME begins at thirty days, so two weeks mean that it fails."""
GROWTH = {"resource.keeps_growing(memory)": ("memory", "heap"), "resource.keeps_growing(files)": ("files",)}


def limits(service: str, case: Case) -> Checkup:
    """The resources of a service that are nearly full or will soon be, and its certificates."""
    now, several = case.evidence.window.end, len({measure.entity for measure in case.measures}) > 1
    kinds: dict[str, list[Filling]] = defaultdict(list)
    for one in fillings(case.measures, end=now, begun=_begun(case)):
        kinds[one.what].append(one)
    full = [_worst(service, kinds[what], several) for what in sorted(kinds)]
    certificates = [m for m in case.measures if m.role is Role.CERTIFICATE_EXPIRY and np.isfinite(m.values).any()]
    return Checkup(
        (*filter(None, full), *_expiring(service, certificates, now)),
        (*_levels(service, kinds), *_left(service, certificates, now)),
    )


def joined(grown: Sequence[HealthFinding], full: Sequence[HealthFinding]) -> tuple[HealthFinding, ...]:
    """Growth that was found tells when it ends, instead of a second line on the same resource."""
    ends = {one.check.removeprefix("limit(").removesuffix(")"): one for one in full}
    told = []
    for one in grown:
        end = next((ends.pop(what) for what in GROWTH.get(one.check, ()) if what in ends), None)
        told.append(_ending(one, end) if end else one)
    return (*told, *ends.values())


def _ending(grown: HealthFinding, end: HealthFinding) -> HealthFinding:
    return replace(
        grown,
        status=worst((grown.status, end.status)),
        message=f"{grown.message}; {end.message}",
        full_in_s=end.full_in_s,
    )


def about(seconds: float) -> str:
    """A span as roughly as it is known."""
    for name, unit in (("days", 86400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= 2 * unit:
            return f"{abs(seconds) / unit:,.0f} {name}"
    return "2 min"


def _begun(case: Case) -> dict[str, float]:
    """When each entity last started, as far as anything tells."""
    begun: dict[str, float] = defaultdict(lambda: -np.inf)
    for change in case.restarts:
        begun[change.entity] = max(begun[change.entity], change.at)
    for measure in case.measures:
        if measure.role is Role.START_TIME:
            begun[measure.entity] = max(begun[measure.entity], float(np.nanmax(measure.values, initial=-np.inf)))
    return begun


def _worst(service: str, found: Sequence[Filling], several: bool) -> HealthFinding | None:
    """The finding on a kind of resource: the most serious one, of equal ones that which is full first."""
    one = max(found, key=lambda one: (_status(one), -_ends(one), one.used or 0.0))
    return _nearly_full(service, one, several) if _status(one) is not Health.OK else None


def _ends(one: Filling) -> float:
    return np.inf if one.full_in_s is None else one.full_in_s


def _status(one: Filling) -> Health:
    soon = next((status for span, status in SOON if _ends(one) <= span), Health.OK)
    warning, critical = FULL[one.what]
    used = one.used or 0.0
    high = Health.WARNING if warning is not None and used >= warning else Health.OK
    return max(soon, Health.CRITICAL if critical is not None and used >= critical else high)


def _nearly_full(service: str, one: Filling, several: bool) -> HealthFinding:
    left, used = float(one.measure.values[np.isfinite(one.measure.values)][-1]), one.used or 0.0
    return HealthFinding(
        service,
        f"limit({one.what})",
        _status(one),
        _told(one, several),
        value=left if one.used is None else one.used,
        unit=one.measure.unit if one.used is None else "ratio",
        full_in_s=0.0 if used >= FULL_UP else None if one.full_in_s is None else float(round(one.full_in_s)),
    )


def _told(one: Filling, several: bool) -> str:
    whose = ", ".join(filter(None, (one.measure.detail, one.measure.entity if several else "")))
    what = f"{one.what} ({whose})" if whose else one.what
    share = f" at {one.used:.0%} of the limit" if one.used is not None else ""
    pace = f", full in about {about(one.full_in_s)} at this pace" if one.full_in_s is not None else ""
    return what + share + pace


def _levels(service: str, kinds: Mapping[str, Sequence[Filling]]) -> Iterator[Level]:
    for what in sorted(kinds):
        used = [one.used for one in kinds[what] if one.used is not None]
        if used:
            warning, critical = (100 * share if share is not None else None for share in FULL[what])
            yield Level(service, what, round(100 * max(used), 2), "%", warning, critical)


def _expiring(service: str, certificates: Sequence[Measure], now: float) -> Iterator[HealthFinding]:
    for measure in certificates:
        left = _end(measure) - now
        status = next((status for span, status in EXPIRES if left <= span), Health.OK)
        if status is not Health.OK:
            when = f"expires in {about(left)}" if left > 0 else f"expired {about(left)} ago"
            whose = measure.detail or measure.entity
            said = f"the certificate{' of ' + whose if whose else ''} {when}"
            yield HealthFinding(service, "certificate", status, said, value=left, unit="s")


def _left(service: str, certificates: Sequence[Measure], now: float) -> Iterator[Level]:
    if certificates:
        (critical, _), (warning, _) = EXPIRES
        left = min(map(_end, certificates)) - now
        yield Level(service, "certificate", round(left), "s", warning, critical)


def _end(measure: Measure) -> float:
    return float(measure.values[np.isfinite(measure.values)][-1])
