"""Answers of the Prometheus API, from JSON bytes to raw samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import msgspec
import numpy as np

from diagnose.errors import SourceError
from diagnose.signals.series import FloatArray, Labels

Samples = tuple[str, Labels, FloatArray, FloatArray]
"""Name, other labels, times in Unix seconds, values."""

_EMPTY = np.zeros(0)
_Shape = TypeVar("_Shape")


class _Native(msgspec.Struct):
    count: str = "0"
    sum: str = "0"
    buckets: list[tuple[int, str, str, str]] = []


class _Row(msgspec.Struct):
    metric: dict[str, str] = {}
    values: msgspec.Raw = msgspec.Raw(b"[]")
    value: tuple[float, str] | None = None
    histograms: list[tuple[float, _Native]] = []


class _Data(msgspec.Struct):
    result: list[_Row] = []


class _Answer(msgspec.Struct):
    data: _Data = msgspec.field(default_factory=_Data)
    warnings: list[str] = []


class _SeriesAnswer(msgspec.Struct):
    data: list[dict[str, str]] = []
    warnings: list[str] = []


class _Meaning(msgspec.Struct):
    type: str = "unknown"


class _MetadataAnswer(msgspec.Struct):
    data: dict[str, list[_Meaning]] = {}


def matrix(body: bytes | bytearray) -> tuple[list[Samples], tuple[str, ...]]:
    """Samples of a range vector or range query, and what to tell of them. Raises SourceError on odd bytes.

    Decoding each row's samples from its raw bytes is several times faster than through JSON objects, and rows
    that share their time stamps (one scrape writes all of a target's series) share one array of them.
    """
    answer = _decoded(body, _Answer)
    clocks: dict[bytes, FloatArray] = {}
    rows: list[Samples] = []
    odd = 0
    for row in answer.data.result:
        name = row.metric.pop("__name__", "")
        labels = tuple(sorted(row.metric.items()))
        try:
            times, values = _samples(bytes(row.values), clocks)
        except ValueError:
            odd += 1
            continue
        if times.size:
            rows.append((name, labels, times, values))
        if row.histograms:
            rows.extend(_native(name, labels, row.histograms))
    unread = (f"{odd} series hold samples that are no numbers",) if odd else ()
    return rows, (*_warned(answer.warnings), *unread)


def _warned(warnings: list[str]) -> tuple[str, ...]:
    return tuple(f"Prometheus warns: {text}" for text in warnings)


def counts(body: bytes | bytearray) -> list[float]:
    """The values of an instant vector."""
    return [float(row.value[1]) for row in _decoded(body, _Answer).data.result if row.value]


def known_series(body: bytes | bytearray) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """Label sets of `/series`, and what the server warns of."""
    answer = _decoded(body, _SeriesAnswer)
    return answer.data, _warned(answer.warnings)


def metadata(body: bytes | bytearray) -> dict[str, str]:
    """Declared type of each metric family."""
    return {name: said[0].type for name, said in _decoded(body, _MetadataAnswer).data.items() if said}


def _decoded(body: bytes | bytearray, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.json.decode(body, type=shape, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"the server's answer is not what the Prometheus API gives: {error}") from None


def _samples(raw: bytes, clocks: dict[bytes, FloatArray]) -> tuple[FloatArray, FloatArray]:
    parts = raw.split(b'"')
    if len(parts) < 3:
        return _EMPTY, _EMPTY
    stamps = b"".join(parts[0:-1:2])
    times = clocks.get(stamps)
    if times is None:
        times = clocks[stamps] = np.fromiter((float(stamp.strip(b"[], \n")) for stamp in parts[0:-1:2]), np.float64)
    return times, np.fromiter(map(float, parts[1::2]), np.float64, times.size)


def _native(name: str, labels: Labels, rows: list[tuple[float, _Native]]) -> Iterator[Samples]:
    """A native histogram as the classic series that say the same: cumulative `_bucket`s, `_sum` and `_count`."""
    times = np.array([at for at, _ in rows])
    yield f"{name}_count", labels, times, np.array([float(native.count) for _, native in rows])
    yield f"{name}_sum", labels, times, np.array([float(native.sum) for _, native in rows])
    edges = sorted({float(bucket[2]) for _, native in rows for bucket in native.buckets} | {float("inf")})
    for edge in edges:
        below = [sum(float(n) for _, _, upper, n in native.buckets if float(upper) <= edge) for _, native in rows]
        yield f"{name}_bucket", tuple(sorted((*labels, ("le", f"{edge:g}")))), times, np.array(below)
