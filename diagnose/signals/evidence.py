"""All that was collected for one incident, and what is missing and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from diagnose.signals.catalogue import Meaning
from diagnose.signals.changes import Change
from diagnose.signals.events import LogDigest
from diagnose.signals.probes import Probe
from diagnose.signals.profile import Profile
from diagnose.signals.series import Series
from diagnose.signals.window import Window


class Signal(StrEnum):
    """The kinds of signal that evidence is made of."""

    LOG = "log"
    METRIC = "metric"
    PROFILE = "profile"
    TRACE = "trace"
    CHANGE = "change"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Gap:
    """What could not be had, why, and the command that would get it (None when there is none)."""

    signal: Signal
    why: str
    command: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """Everything on one window. A signal that is None or empty has a gap that says why.

    `uses` are pairs of a service and one that it uses, where that is known; `meanings` are those that somebody taught.
    """

    window: Window
    service: str = ""
    select: str = ""
    logs: LogDigest | None = None
    series: tuple[Series, ...] = ()
    profiles: tuple[Profile, ...] = ()
    changes: tuple[Change, ...] = ()
    probes: tuple[Probe, ...] = ()
    uses: tuple[tuple[str, str], ...] = ()
    gaps: tuple[Gap, ...] = ()
    prometheus: str = ""
    meanings: tuple[Meaning, ...] = ()
