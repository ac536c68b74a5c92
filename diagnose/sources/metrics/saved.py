"""Answers of the Prometheus API that somebody saved: what curl got, or `promtool query range -o json`."""

from __future__ import annotations

from collections.abc import Iterable

from diagnose.sources.metrics.decode import matrix
from diagnose.sources.metrics.reading import Reading


def parse(lines: Iterable[bytes]) -> Reading:
    """The samples of a range query's answer, or of the list inside it. Raises SourceError on odd bytes."""
    body = b"\n".join(lines).lstrip()
    if body.startswith(b"["):
        body = b'{"data":{"result":' + body + b"}}"
    rows, notes = matrix(body)
    return Reading(samples=rows, notes=list(notes))
