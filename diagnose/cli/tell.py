"""What the engines print for people: text from logs, servers and profiles, made harmless for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from diagnose.report.text import block, line
from diagnose.signals.evidence import Gap

_MOST = 10_000_000


def tell(text: str) -> None:
    """Lines on stdout without control characters."""
    sys.stdout.write(block(text, _MOST) + "\n")


def tell_gaps(gaps: Iterable[Gap]) -> None:
    """What could not be had, on stderr, one line a gap."""
    for gap in gaps:
        remedy = f" (try: {gap.command})" if gap.command else ""
        sys.stderr.write(line(f"missing: {gap.why}{remedy}", 2000) + "\n")
