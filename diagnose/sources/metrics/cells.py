"""Cells of tables as numbers and moments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from diagnose.signals.series import FloatArray
from diagnose.sources.metrics.reading import seconds

_SLASHED = re.compile(r"\d{4}/\d\d/\d\d\b")  # the year first: of the others nobody knows whether the day or month is
_NUMBER = re.compile(r"([-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?)\s*(\S+)", re.IGNORECASE)
_SCALES = {
    "%": 1.0, "s": 1.0, "ms": 1e-3, "µs": 1e-6, "μs": 1e-6, "us": 1e-6, "ns": 1e-9, "min": 60.0, "mins": 60.0,
    "hour": 3600.0, "hours": 3600.0, "b": 1.0, "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30, "tib": 2.0**40,
    "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "k": 1e3, "mil": 1e6, "req/s": 1.0, "reqps": 1.0, "ops/s": 1.0,
    "rps": 1.0, "b/s": 1.0, "kb/s": 1e3, "mb/s": 1e6, "kib/s": 2.0**10, "mib/s": 2.0**20, "c/s": 1.0,
}  # fmt: skip
"""Units that Grafana writes behind the numbers of a table that was exported as it is shown."""
_BLANK = frozenset({"", "null", "none", "nil", "-", "n/a", "na", "undefined"})


def moments(cells: Sequence[str]) -> FloatArray:
    """Unix seconds of each cell: numbers in s, ms, us or ns, or ISO 8601 (UTC unless it says otherwise); else NaN."""
    try:
        return seconds(np.fromiter(map(float, cells), np.float64, len(cells)))
    except ValueError:
        return np.array([_moment(cell.strip()) for cell in cells], dtype=np.float64)


def number(cell: str) -> float | None:
    """The number that a cell holds, in base units where it has a unit (a percentage stays one).

    None for a cell that is blank. Raises ValueError for other text.
    """
    text = cell.strip()
    if text.lower() in _BLANK:
        return None
    written = _NUMBER.fullmatch(text)
    if written is None or written[2].lower() not in _SCALES:
        return float(text)
    return float(written[1]) * _SCALES[written[2].lower()]


def _moment(text: str) -> float:
    if _SLASHED.match(text):
        text = text.replace("/", "-", 2)
    try:
        moment = datetime.fromisoformat(text.replace(" UTC", "Z").replace(",", "."))
    except ValueError:
        try:
            return float(seconds(np.array([float(text)]))[0])
        except ValueError:
            return float("nan")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
