"""One record of a log, whatever its format was."""

from __future__ import annotations

from typing import NamedTuple

from diagnose.sources.logs.levels import UNKNOWN

Value = str | int | float | bool | None


class Record(NamedTuple):
    """What one record says: Unix seconds, level code, message, scalar fields by dotted name, and its stack trace.

    A named tuple, since one is made for every line and frozen dataclasses take four times as long to make.
    """

    time: float | None
    level: int = UNKNOWN
    message: str = ""
    fields: dict[str, Value] = {}  # noqa: RUF012 - shared, and never written to
    stack: str = ""
    format: str = "text"
