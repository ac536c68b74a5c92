"""Numbers and times as people read them; everything behind stays in base units."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from diagnose.report.text import line

_BYTES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_ALIAS = {
    "b": "bytes", "byte": "bytes", "s": "seconds", "sec": "seconds", "second": "seconds",
    "unix": "unix", "%": "percent", "1": "", "count": "", "short": "", "none": "",
    "ns": "nanoseconds", "ms": "milliseconds", "1/s": "/s", "per second": "/s", "per-second": "/s", "hz": "/s",
}  # fmt: skip
_SPANS = (
    ("min", 60, "s", 1, 3599.5),
    ("h", 3600, "min", 60, 86370.0),
    ("d", 86400, "h", 3600, math.inf),
)
_SCALE = {"nanoseconds": 1e-9, "microseconds": 1e-6, "milliseconds": 1e-3, "minutes": 60.0, "hours": 3600.0}


EACH = {"/s": " per second", "/min": " per minute"}
"""A rate of time: nobody reads `s/s` at once."""


def significant(value: float | None, digits: int = 6) -> float | None:
    """Rounded to so many significant digits; None for what is not a finite number."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{digits}g}") + 0.0


def quantity(value: float | None, unit: str) -> str:
    """A value with its unit, such as 1.4 GiB, 230 ms, 12.5% or 1,204 goroutines; a dash for no value."""
    if value is None or not math.isfinite(value):
        return "–"
    base, slash, per = canonical(unit).partition("/")
    per = f"/{per}" if slash else ""
    if base == "bytes":
        return _bytes(value) + per
    if base == "unix" and not per:
        return moment(value)
    if base == "seconds" or base in _SCALE:
        seconds = value * _SCALE.get(base, 1.0)
        return _seconds(seconds) + EACH.get(per, per) if per else span(seconds)
    if base in ("ratio", "percent") and not per:
        return f"{plain(value * (100 if base == 'ratio' else 1))}%"
    return f"{plain(value)} {base}{per}".rstrip() if base else f"{plain(value)}{per}"


def canonical(unit: str) -> str:
    """A unit under its one name, such as seconds for s, bytes/s for B/s; harmless, whatever it was."""
    unit = line(unit, 60)
    base, slash, per = _ALIAS.get(unit.lower(), unit).partition("/")
    base = _ALIAS.get(base.strip().lower(), base.strip())
    return f"{base}/{per.strip()}" if slash else base


def bare(text: str, other: str) -> str:
    """The first text without its unit where the second says the same one, so that it need not be said twice."""
    number, _, unit = text.partition(" ")
    return number if unit and unit == other.partition(" ")[2] else text


def plain(value: float) -> str:
    """A bare number with three significant digits, or all digits of a whole number below a million."""
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-4:
        return f"{value:.2e}"
    if size >= 1e9:
        return _trim(f"{value / 1e9:.3g}") + " G"
    if size >= 1e6:
        return _trim(f"{value / 1e6:.3g}") + " M"
    if size >= 100 or value == int(value):
        return f"{value:,.0f}".replace("-", "−")
    return _trim(f"{value:.{2 - math.floor(math.log10(size))}f}").replace("-", "−")


def span(seconds: float) -> str:
    """A length of time, such as 230 ms, 4.2 s, 4 min 30 s or 2 h 5 min."""
    sign, size = ("−" if seconds < 0 else ""), abs(seconds)
    if size == 0:
        return "0 s"
    if size < 1e-3:
        return f"{sign}{plain(size * 1e6)} µs"
    if size < 0.9995:
        return f"{sign}{plain(size * 1e3)} ms"
    if size < 99.95:
        return f"{sign}{plain(size)} s"
    for name, unit, small, part, until in _SPANS:
        if size < until:
            whole, rest = divmod(round(size / part), unit // part)
            return f"{sign}{whole:,} {name}" + (f" {rest} {small}" if rest else "")
    raise AssertionError(size)


def _seconds(seconds: float) -> str:
    """Seconds of a rate: in the unit that needs no exponent."""
    size = abs(seconds)
    if 0 < size < 0.9995e-3:
        return f"{plain(seconds * 1e6)} µs"
    return f"{plain(seconds * 1e3)} ms" if 0 < size < 0.9995 else f"{plain(seconds)} s"


def change(baseline: float | None, observed: float | None, unit: str) -> str:
    """How observed differs from baseline: ×12, +23%, from zero, to zero; empty when that cannot be said."""
    if baseline is None or observed is None or not (math.isfinite(baseline) and math.isfinite(observed)):
        return ""
    if unit == "unix":
        return ""
    if baseline == 0 or observed == 0:
        return "unchanged" if baseline == observed else "from zero" if baseline == 0 else "to zero"
    return _factor(observed / baseline)


def _factor(factor: float) -> str:
    if factor < 0:
        return "sign changed"
    if factor >= 10_000:
        return "over ×10,000"
    if factor >= 2:
        return f"×{plain(factor)}"
    share = (factor - 1) * 100
    if abs(share) < 0.5:
        return "unchanged"
    return f"{'+' if share > 0 else '−'}{abs(share):.0f}%"


def percent(share: float) -> str:
    """A share of one as a whole percentage, never rounded up to certainty."""
    return f"{min(round(share * 100), 99) if share < 1 else 100}%"


def clock(at: float) -> str:
    """The time of day in UTC, to the nearest second."""
    return datetime.fromtimestamp(round(_bounded(at)), UTC).strftime("%H:%M:%S")


def day(at: float) -> str:
    """The date in UTC, such as 22 Nov 2026."""
    found = datetime.fromtimestamp(round(_bounded(at)), UTC)
    return f"{found.day} {found:%b %Y}"


def moment(at: float) -> str:
    """Date and time in UTC."""
    return f"{day(at)} {clock(at)} UTC"


def _bounded(at: float) -> float:
    return min(max(at, 0.0), 253402300799.0) if math.isfinite(at) else 0.0


def _bytes(value: float) -> str:
    size, step = abs(value), 0
    while size >= 1023.5 and step < len(_BYTES) - 1:
        size, step = size / 1024, step + 1
    text = f"{size:.0f}" if step == 0 or size >= 100 else _trim(f"{size:.3g}")
    return f"{'−' if value < 0 else ''}{text} {_BYTES[step]}"


def _trim(text: str) -> str:
    return re.sub(r"\.?0+$", "", text) if "." in text else text
