"""What the profile commands answer as JSON; nothing slow is imported here."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diagnose.checks.profiles.fleet import FleetVerdict, Site
    from diagnose.checks.profiles.groups import Group
    from diagnose.checks.profiles.stuck import StuckVerdict
    from diagnose.checks.profiles.threads import ThreadVerdict
    from diagnose.checks.profiles.top import Table


def write(answer: dict[str, Any]) -> None:
    """One object on stdout."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")


def of_table(table: Table) -> dict[str, Any]:
    """`top` and `diff`."""
    return {
        "sample_type": table.sample_type,
        "unit": table.unit,
        "total": table.total,
        "duration_s": table.duration_s,
        "functions": [
            {"name": row.name, "file": row.file, "line": row.line, "flat": row.flat, "cum": row.cum}
            for row in table.functions
        ],
    }


def of_stuck(verdict: StuckVerdict) -> dict[str, Any]:
    """`leaks`."""
    groups = [_group(group) for group in (*verdict.stuck, *verdict.others)]
    return {"stuck": bool(verdict.stuck), "kind": verdict.kind, "groups": groups}


def of_fleet(verdict: FleetVerdict) -> dict[str, Any]:
    """`fleet`."""
    return {
        "kind": verdict.kind,
        "because": verdict.because,
        "instances": verdict.instances,
        "sick": [{"instance": name, "sites": [_site(site) for site in sites]} for name, sites in verdict.sick],
        "sites": [_site(site) for site in verdict.sites],
    }


def _site(site: Site) -> dict[str, Any]:
    return {
        "profile": site.kind.value,
        "unit": site.unit,
        "function": site.function,
        **_file(site.location),
        "on": site.on,
        "of": site.of,
        "grew_on": site.grew_on,
        "total": site.total,
        "typical": site.typical,
        "worst": {"instance": site.worst, "value": site.most},
        "outliers": list(site.outliers),
    }


def _file(location: str) -> dict[str, Any]:
    file, _, line = location.rpartition(":")
    return {"file": file if line.isdigit() else location, "line": int(line) if line.isdigit() else 0}


def _group(group: Group) -> dict[str, Any]:
    return {
        "function": group.function,
        **_file(group.location),
        "state": group.state or group.wait.value,
        "count": group.count,
        "growth": group.growth,
        "longest_wait_s": group.wait_s,
        "creator": group.creator or None,
        "stack": [frame.function for frame in group.stack],
    }


def of_threads(verdict: ThreadVerdict) -> dict[str, Any]:
    """`threads`."""
    return {
        "deadlocks": [list(cycle) for cycle in verdict.deadlocks],
        "blockers": [
            {
                "thread": row.thread,
                "blocks": row.blocks,
                "lock": row.lock,
                "waiting": list(row.waiting),
                "function": row.function,
            }
            for row in verdict.blockers
        ],
        "groups": [
            {
                "function": row.function,
                "location": row.location,
                "state": row.state,
                "count": row.count,
                "threads": list(row.threads),
                "socket_read": row.socket,
                "stack": [frame.function for frame in row.stack],
            }
            for row in verdict.groups
        ],
        "pools": [
            {
                "pool": row.name,
                "threads": row.threads,
                "busy": row.busy,
                "exhausted": row.exhausted,
                "function": row.function,
            }
            for row in verdict.pools
        ],
        "hot": [
            {"thread": row.thread, "cpu_s": row.cpu_s, "span_s": row.span_s, "hot": row.hot, "function": row.function}
            for row in verdict.hot
        ],
    }
