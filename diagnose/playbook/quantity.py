"""Numbers with a unit, as an author writes them: 5m, 100MiB, 90%, 20/s."""

from __future__ import annotations

import re

_NUMBER = r"[+-]?(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?"
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_BYTES = {
    "B": 1.0,
    **{f"{prefix}B": 1000.0**power for power, prefix in enumerate("kMGT", start=1)},
    **{f"{prefix}iB": 1024.0**power for power, prefix in enumerate("KMGT", start=1)},
}
_UNITS = {
    **{name: (factor, "s") for name, factor in _SECONDS.items()},
    **{name: (factor, "bytes") for name, factor in _BYTES.items()},
    "%": (0.01, "ratio"),
    "/s": (1.0, "per-second"),
    "/min": (1 / 60, "per-second"),
}
_ONE = re.compile(rf"({_NUMBER})\s?([A-Za-z%/]+)")
_SPAN = re.compile(r"(?:\d+(?:ms|[smhdw])){2,}")
_LONGEST = 40
_PART = re.compile(r"(\d+)(ms|[smhdw])")


def number(text: str) -> int | float | None:
    """A plain number, None when the text is none."""
    if len(text) > _LONGEST or not re.fullmatch(_NUMBER, text):
        return None
    bare = text.replace("_", "")
    return int(bare) if re.fullmatch(r"[+-]?\d+", bare) else float(bare)


def quantity(text: str) -> tuple[float, str] | None:
    """A number in its base unit, and the unit's name: s, bytes, ratio or per-second; None when the text is neither."""
    if len(text) > _LONGEST:
        return None
    if _SPAN.fullmatch(text):
        return sum(int(count) * _SECONDS[unit] for count, unit in _PART.findall(text)), "s"
    if (match := _ONE.fullmatch(text)) is None or match[2] not in _UNITS:
        return None
    factor, unit = _UNITS[match[2]]
    return round(float(match[1].replace("_", "")) * factor, 12), unit
