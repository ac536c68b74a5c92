"""CSV exports: wide (a time column, then one column a series) and long (time, metric, value, labels)."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from diagnose.signals.series import FloatArray, Labels
from diagnose.sources.metrics.cells import moments, number
from diagnose.sources.metrics.openmetrics import identity
from diagnose.sources.metrics.reading import Reading

_TIME_NAMES = frozenset(
    {"time", "timestamp", "ts", "date", "datetime", "@timestamp", "_time", "at", "time_unix", "period", "timeperiod"}
)
_ZONE = re.compile(r"\s*[\[(](?:utc|gmt|z)[\])]$")
_METRIC_NAMES = ("metric", "metric_name", "__name__", "name", "series", "_field", "measurement")
_VALUE_NAMES = ("value", "_value", "val", "metric_value")
_DATADOG = re.compile(r"(?:avg|sum|min|max|count|p\d\d):(?P<name>[\w.]+)\{(?P<tags>[^}]*)\}(?: by \{.*)?(?:\.\w+\(.*)?")
_ABSENT, _ODD = 1, 2


def parse(lines: Iterable[bytes]) -> Reading:
    """All columns or rows that hold numbers; cells that are neither a number nor blank are counted as unreadable."""
    reading = Reading()
    text = (line.decode("utf-8", "replace").replace("\0", "") for line in lines)
    try:
        first = next((line for line in map(_unmarked, text) if _tells(line)), "")
        delimiter = max(",;\t|", key=first.count)
        header = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])]
        _fill(reading, header, _rows(csv.reader(text, delimiter=delimiter), reading))
    except csv.Error as error:
        reading.notes.append(f"not readable as CSV from some line on ({error})")
    return reading


def _unmarked(line: str) -> str:
    return line.lstrip("\ufeff")


def _tells(line: str) -> bool:
    """Whether a line at the top is the header: neither blank, nor a comment, nor Excel's word for the separator."""
    return bool(line.strip()) and not line.startswith(("#", "sep="))


def _rows(reader: Iterator[list[str]], reading: Reading) -> Iterator[list[str]]:
    try:
        yield from (row for row in reader if row)
    except csv.Error as error:
        reading.notes.append(f"not readable as CSV from line {reader.line_num} on ({error})")  # type: ignore[attr-defined]


def _fill(reading: Reading, header: list[str], rows: Iterator[list[str]]) -> None:
    lower = [_ZONE.sub("", name.lower()) for name in header]
    metric = next((lower.index(name) for name in _METRIC_NAMES if name in lower), None)
    value = next((lower.index(name) for name in _VALUE_NAMES if name in lower), None)
    when = next((index for index, name in enumerate(lower) if name in _TIME_NAMES), 0)
    if len(header) < 2:
        reading.unreadable += sum(1 for _ in rows)
    elif metric is not None and value is not None and metric != when:
        _long(reading, header, rows, (when, metric, value))
    else:
        _wide(reading, header, rows, when)


def _wide(reading: Reading, header: list[str], rows: Iterator[list[str]], when: int) -> None:
    """Row by row into numbers, so that a hundred thousand columns take no more than their numbers do."""
    stamps, values, flags = [], [], []
    for row in rows:
        stamps.append(row[when] if when < len(row) else "")
        told = _numbers(row, len(header), when)
        values.append(told[0])
        flags.append(told[1])
    if not values:
        return
    times = moments(stamps)
    timed = np.isfinite(times)
    reading.unreadable += int((~timed).sum())
    columns = _Columns(times[timed], np.stack(values, axis=1)[:, timed], _marks(flags, len(header), timed))
    for index, name in enumerate(header):
        if index != when and name:
            _column(reading, name, index, columns)


@dataclass(frozen=True, eq=False, slots=True)
class _Columns:
    """Numbers by column, and marks for cells without one; None when all cells hold numbers."""

    times: FloatArray
    values: FloatArray
    marks: np.ndarray[tuple[int, int], np.dtype[np.uint8]] | None


def _numbers(row: list[str], width: int, when: int) -> tuple[FloatArray, bytes]:
    """The numbers of a row, and a mark for each cell that holds none; no marks when all do."""
    if len(row) == width:
        stamp, row[when] = row[when], "0"
        try:
            return np.fromiter(map(float, row), np.float64, width), b""
        except ValueError:
            row[when] = stamp
    values, marks = np.full(width, np.nan), bytearray([_ABSENT]) * width
    for index, cell in enumerate(row[:width]):
        try:
            found = number(cell)
        except ValueError:
            marks[index] = _ODD
        else:
            if found is not None:
                values[index], marks[index] = found, 0
    return values, bytes(marks)


def _marks(
    flags: Sequence[bytes], width: int, timed: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]] | None:
    if not any(flags):
        return None
    none = bytes(width)
    return np.stack([np.frombuffer(one or none, np.uint8) for one in flags], axis=1)[:, timed]


def _column(reading: Reading, name: str, index: int, columns: _Columns) -> None:
    times, values = columns.times, columns.values[index]
    if columns.marks is not None and (marks := columns.marks[index]).any():
        odd, there = int((marks == _ODD).sum()), int((marks != _ABSENT).sum())
        if odd == there > 0:
            reading.notes.append(f"column {name[:80]!r} holds no numbers")
            return
        reading.unreadable += odd
        times, values = times[marks == 0], values[marks == 0]
    reading.samples.append((*_called(name), times, values))


def _called(name: str) -> tuple[str, Labels]:
    """The metric and labels that a column's head names: a selector, or a query of Datadog's such as `avg:a.b{c:d}`."""
    if (query := _DATADOG.fullmatch(name)) is not None:
        tags = (tag.partition(":") for tag in query["tags"].split(",") if ":" in tag)
        return query["name"], tuple(sorted((key.strip(), value.strip()) for key, _, value in tags))
    return (identity(name.encode()) if "{" in name else None) or (name, ())


def _long(reading: Reading, header: list[str], rows: Iterator[list[str]], columns: tuple[int, int, int]) -> None:
    """Rows sorted by what they are of; the same stamps come again and again, so each is read once."""
    when, metric, value = columns
    others = [index for index in range(len(header)) if index not in columns and header[index]]
    groups: dict[tuple[str, ...], tuple[list[float], list[float]]] = {}
    known: dict[str, float] = {}
    for row in rows:
        if len(row) <= max(columns) or not row[metric].strip():
            continue
        stamp = row[when]
        at = known.get(stamp)
        if at is None:
            at = known[stamp] = float(moments([stamp])[0])
        try:
            found = number(row[value])
        except ValueError:
            reading.unreadable += 1
            continue
        reading.unreadable += math.isnan(at)
        if found is None or math.isnan(found):
            continue
        key = (row[metric], *[row[index] if index < len(row) else "" for index in others])
        group = groups.get(key)
        if group is None:
            group = groups[key] = ([], [])
        group[0].append(at)
        group[1].append(found)
    for key, (times, values) in groups.items():
        labels = tuple(sorted((header[index], cell) for index, cell in zip(others, key[1:], strict=True) if cell != ""))
        reading.samples.append((key[0].strip(), labels, np.array(times), np.array(values)))
