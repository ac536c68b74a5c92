"""The output of a monitoring plugin: a status line with performance data, then a line a finding.

The form that Nagios, Icinga, Naemon and Checkmk read: https://nagios-plugins.org/doc/guidelines.html#PLUGOUTPUT
"""

from __future__ import annotations

import math
import re

from diagnose.monitor.health import Checkup, HealthFinding, Level
from diagnose.report.text import line


def lines(found: Checkup) -> str:
    """One line a finding."""
    return "".join(f"{said(one)}\n" for one in found.findings)


def plugin(found: Checkup) -> str:
    """The status line with the performance data behind a bar, then a line a finding."""
    first = next((one for one in found.findings if one.status is found.worst), None)
    more = f" (and {len(found.findings) - 1} more)" if len(found.findings) > 1 else ""
    head = f"DIAGNOSE {found.worst.name} - {_told(first) if first else 'nothing was checked'}{more}"
    return f"{_barless(head)} | {' '.join(map(_datum, found.levels))}".rstrip(" |") + f"\n{_barless(lines(found))}"


def row(one: HealthFinding) -> dict[str, object]:
    """A finding as the contract's JSON tells it."""
    from diagnose.signals.window import rfc3339

    return {
        "service": one.service,
        "check": one.check,
        "status": one.status.name,
        "message": one.message,
        "value": one.value if one.value is not None and math.isfinite(one.value) else None,
        "unit": one.unit,
        "since": rfc3339(one.since) if one.since is not None else None,
        "full_in_s": one.full_in_s,
    }


def said(one: HealthFinding) -> str:
    """A finding as one line."""
    return f"{one.status.name:<8} {_told(one)}"


def _told(one: HealthFinding) -> str:
    return line(f"{one.service}: {one.check}: {one.message}")


def _barless(text: str) -> str:
    """Everything behind a bar is performance data, so no sentence may hold one."""
    return text.replace("|", "/")


def _datum(level: Level) -> str:
    """'label'=value[unit];warning;critical;min;max. A certificate is serious below its thresholds, hence `N:`."""
    label = re.sub(r"[^\w./ -]+", "_", f"{level.service} {level.name}")
    below = ":" if level.unit == "s" else ""
    limits = (f"{limit:.10g}{below}" if limit is not None else "" for limit in (level.warning, level.critical))
    ends = ";0;100" if level.unit == "%" else ""
    return f"'{label}'={level.value:.10g}{level.unit};{';'.join(limits)}{ends}"
