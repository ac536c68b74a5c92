"""HTTP client connections as the pairs of loops that serve them."""

from __future__ import annotations

from collections.abc import Sequence

from diagnose.checks.profiles.groups import Group
from diagnose.checks.profiles.waits import Wait

_PREFIX = "net/http.(*persistConn)."


def leaked_pairs(found: Sequence[Group], *, based: bool) -> int:
    """Connections that are open and carry no request, beyond those of the baseline.

    Every connection of Go's HTTP client has one read loop and one write loop; a request in flight has a goroutine in
    roundTrip. Loops in equal number far beyond the round trips are bodies not closed or a transport made per call.
    """
    now = _idle_pairs(found, before=False)
    return max(now - (_idle_pairs(found, before=True) if based else 0), 0)


def _idle_pairs(found: Sequence[Group], *, before: bool) -> int:
    counts = {"readLoop": 0, "writeLoop": 0}
    flying = 0
    for group in found:
        number = group.before if before else group.count
        if group.wait is Wait.CONNECTION:
            names = [frame.function for frame in group.stack]
            loop = "readLoop" if any(name.startswith(_PREFIX + "readLoop") for name in names) else "writeLoop"
            counts[loop] += number
        elif any(frame.function == _PREFIX + "roundTrip" for frame in group.stack):
            flying += number
    return max(min(counts.values()) - flying, 0)
