"""What a pass of health checks says: statuses, findings, and how full what has a limit is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Health(IntEnum):
    """Exit codes of the monitoring-plugin convention."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


_WORSE = (Health.OK, Health.UNKNOWN, Health.WARNING, Health.CRITICAL)


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One line of a check's answer; `value` is in `unit`, `since` is Unix seconds.

    `full_in_s` is when a resource will be full at its present pace, in seconds, where anybody can tell.
    """

    service: str
    check: str
    status: Health
    message: str
    value: float | None = None
    unit: str = ""
    since: float | None = None
    full_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A number that is worth a graph: `name` of a service, `value` in `unit` (% or s), and where it becomes serious."""

    service: str
    name: str
    value: float
    unit: str
    warning: float | None = None
    critical: float | None = None


@dataclass(frozen=True, slots=True)
class Checkup:
    """What one pass over one service or several found."""

    findings: tuple[HealthFinding, ...] = ()
    levels: tuple[Level, ...] = ()

    @property
    def worst(self) -> Health:
        """The worst status; nothing at all is unknown."""
        return worst(one.status for one in self.findings)


def worse(status: Health, other: Health) -> bool:
    """Whether a status is worse than another; not to know is worse than to know that all is well."""
    return _WORSE.index(status) > _WORSE.index(other)


def worst(statuses: Iterable[Health]) -> Health:
    """The worst of some statuses; of none it is unknown."""
    return max(statuses, key=_WORSE.index, default=Health.UNKNOWN)


def together(checkups: Iterable[Checkup]) -> Checkup:
    """Several services as one."""
    listed = list(checkups)
    return Checkup(
        tuple(found for one in listed for found in one.findings), tuple(level for one in listed for level in one.levels)
    )
