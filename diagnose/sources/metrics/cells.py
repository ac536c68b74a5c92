"""Cells of tables as numbers and moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from diagnose.signals.series import FloatArray
from diagnose.sources.metrics.reading import seconds

_BLANK = frozenset({"", "null", "none", "nil", "-", "n/a", "na", "undefined"})


def moments(cells: Sequence[str]) -> FloatArray:
    """Unix seconds of each cell: numbers in s, ms, us or ns, or ISO 8601 (UTC unless it says otherwise); else NaN."""
    try:
        return seconds(np.fromiter(map(float, cells), np.float64, len(cells)))
    except ValueError:
        return np.array([_moment(cell.strip()) for cell in cells], dtype=np.float64)


def number(cell: str) -> float | None:
    """The number that a cell holds, a percentage too; None for one that is blank. Raises ValueError for other text."""
    text = cell.strip()
    return None if text.lower() in _BLANK else float(text.removesuffix("%"))


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text.replace(" UTC", "Z").replace(",", "."))
    except ValueError:
        try:
            return float(seconds(np.array([float(text)]))[0])
        except ValueError:
            return float("nan")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
