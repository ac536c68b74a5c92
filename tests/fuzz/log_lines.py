"""Any line is a record or none, and what is kept of it is masked for good."""

from __future__ import annotations

import math

from diagnose.sources.logs.levels import LEVELS
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.masks import mask
from diagnose.sources.logs.moments import Clock
from diagnose.sources.redact import Redactor


def run(data: bytes) -> None:
    """Reads the lines of a text with one reader, as those of one file."""
    reader = LineReader(Clock(reference=1.77e9))
    for line in data.decode("utf-8", "replace").split("\n"):
        record = reader.read(line)
        if record is None:
            continue
        assert record.time is None or math.isfinite(record.time)
        assert 0 <= record.level < len(LEVELS)
        assert record.message.__class__ is record.stack.__class__ is str
        once = Redactor().redact(record.message)
        assert Redactor().redact(once) == once
        mask(once)
