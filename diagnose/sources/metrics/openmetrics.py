"""OpenMetrics and Prometheus text with time stamps, read tolerantly: an odd line is counted and left out."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from diagnose.signals.naming import declared_type
from diagnose.signals.series import FloatArray, Labels, MetricType
from diagnose.sources.metrics.reading import Reading, seconds

_NAME = rb"[a-zA-Z_:][a-zA-Z0-9_:.]*"
_SAMPLE = re.compile(rb"^(?:" + _NAME + rb"\s*(?:\{.*\})?|\{.*\})\s+[-+0-9.naifNAIF][-+0-9.eEnaifNAIF]*(?:\s|$)")
_LABEL = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([a-zA-Z_][\w.:]*))\s*(?:=\s*"((?:[^"\\]|\\.)*)")?\s*(?:,|$)')
_CAREFUL = re.compile(rb'([^{\s]*(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?)\s+([^\s#]+)(?:\s+([^\s#]+))?')
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(.)")


def looks_like(head: bytes) -> bool:
    """Whether the bytes are metrics in text: comments as the format has them, or a sample on the first line."""
    for line in head.splitlines():
        if line.startswith((b"# TYPE ", b"# HELP ", b"# UNIT ", b"# EOF")):
            return True
        if line.strip() and not line.startswith(b"#"):
            return bool(_SAMPLE.match(line))
    return False


def parse(lines: Iterable[bytes]) -> Reading:
    """All samples with a time stamp; exemplars and further comments are skipped."""
    reading = Reading()
    columns: dict[bytes, tuple[list[bytes], list[bytes]]] = {}
    for line in lines:
        if not line or line[0] == 35:  # '#'
            if line.startswith(b"# TYPE "):
                _declare(reading, line)
            continue
        key, rest = _split(line)
        if len(rest) >= 2:
            column = columns.get(key)
            if column is None:
                column = columns[key] = ([], [])
            column[0].append(rest[1])
            column[1].append(rest[0])
        elif rest:
            reading.untimed += 1
        elif line.strip():
            reading.unreadable += 1
    _settle(reading, columns)
    return reading


def _split(line: bytes) -> tuple[bytes, list[bytes]]:
    if b" # " in line and (careful := _CAREFUL.match(line)):  # an exemplar, or a label's value that looks like one
        return careful[1], [part for part in careful.groups()[1:] if part]
    end = line.rfind(b"}")
    if end >= 0:
        return line[: end + 1], line[end + 1 :].split()
    parts = line.split()
    return (parts[0], parts[1:]) if parts else (b"", [])


def _declare(reading: Reading, line: bytes) -> None:
    parts = line.decode("utf-8", "replace").split()
    if len(parts) < 4:
        return
    name, type_ = parts[2].strip('"'), declared_type(parts[3])
    # OpenMetrics declares a counter without its suffix, so a gauge beside it may have the very same name.
    if type_ is MetricType.COUNTER and not name.endswith("_total"):
        reading.types[f"{name}_total"] = type_
        reading.types.setdefault(name, type_)
    else:
        reading.types[name] = type_


def _settle(reading: Reading, columns: dict[bytes, tuple[list[bytes], list[bytes]]]) -> None:
    for key, (stamps, texts) in columns.items():
        named = identity(key)
        if named is None:
            reading.unreadable += len(stamps)
            continue
        times, values = _floats(stamps), _floats(texts)
        # float() cannot tell an unreadable value from NaN once both are NaN, so only the times decide.
        good = np.isfinite(times)
        reading.unreadable += int((~good).sum())
        reading.samples.append((named[0], named[1], seconds(times[good]), values[good]))


def identity(key: bytes) -> tuple[str, Labels] | None:
    """Name and labels of a sample as the text format writes them; None when it cannot be read."""
    text = key.decode("utf-8", "replace")
    name, brace, inside = text.partition("{")
    labels: dict[str, str] = {}
    inside, at = inside[:-1].strip() if brace else "", 0
    while at < len(inside):
        match = _LABEL.match(inside, at)
        if not match:
            return None
        quoted, plain, value = match.groups()
        if value is not None:
            labels[plain or _unescaped(quoted)] = _unescaped(value)
        elif not name and quoted is not None:
            name = _unescaped(quoted)
        else:
            return None
        at = match.end()
    name = name.strip() or labels.pop("__name__", "")
    return (name, tuple(sorted(labels.items()))) if name else None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[0]), text) if "\\" in text else text


def _floats(texts: list[bytes]) -> FloatArray:
    try:
        return np.fromiter(map(float, texts), np.float64, len(texts))
    except ValueError:
        return np.array([_float(text) for text in texts])


def _float(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
