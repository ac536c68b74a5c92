"""CSV exports: wide (a time column, then one column a series) and long (time, metric, value, labels)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import numpy as np

from diagnose.signals.series import FloatArray, Labels
from diagnose.sources.metrics.openmetrics import identity
from diagnose.sources.metrics.reading import Reading, seconds

_TIME_NAMES = frozenset({"time", "timestamp", "ts", "date", "datetime", "@timestamp", "_time", "at", "time_unix"})
_METRIC_NAMES = ("metric", "metric_name", "__name__", "name", "series", "measurement")
_VALUE_NAMES = ("value", "_value", "val", "metric_value")
_BLANK = frozenset({"", "null", "none", "nil", "-", "n/a", "na", "undefined"})


def parse(lines: Iterable[bytes]) -> Reading:
    """All columns or rows that hold numbers; cells that are neither a number nor blank are counted as unreadable."""
    reading = Reading()
    text = (line.decode("utf-8", "replace").replace("\0", "") for line in lines)
    try:
        first = next((line for line in text if line.strip()), "")
        first = first.lstrip("\ufeff")
        delimiter = max(",;\t|", key=first.count)
        header = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])]
        rows = _rows(csv.reader(text, delimiter=delimiter), reading)
        _fill(reading, header, rows)
    except csv.Error as error:
        reading.notes.append(f"not readable as CSV from some line on ({error})")
    return reading


def _rows(reader: Iterator[list[str]], reading: Reading) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(row for row in reader if row)
    except csv.Error as error:
        reading.notes.append(f"not readable as CSV from line {reader.line_num} on ({error})")  # type: ignore[attr-defined]
    return rows


def _fill(reading: Reading, header: list[str], rows: list[list[str]]) -> None:
    lower = [name.lower() for name in header]
    metric = next((lower.index(name) for name in _METRIC_NAMES if name in lower), None)
    value = next((lower.index(name) for name in _VALUE_NAMES if name in lower), None)
    when = next((index for index, name in enumerate(lower) if name in _TIME_NAMES), 0)
    if not rows or len(header) < 2:
        reading.unreadable += len(rows)
        return
    times = moments([row[when] if when < len(row) else "" for row in rows])
    reading.unreadable += int(np.isnan(times).sum())
    if metric is not None and value is not None and metric != when:
        _long(reading, header, rows, times, (when, metric, value))
    else:
        _wide(reading, header, rows, times, when)


def _wide(reading: Reading, header: list[str], rows: list[list[str]], times: FloatArray, when: int) -> None:
    timed = np.isfinite(times)
    for index, name in enumerate(header):
        if index == when or not name:
            continue
        cells = [row[index] if index < len(row) else "" for row in rows]
        values, odd = numbers(cells)
        present = np.array([cell.strip().lower() not in _BLANK for cell in cells])
        if odd == present.sum() > 0:
            reading.notes.append(f"column {name[:80]!r} holds no numbers")
            continue
        reading.unreadable += odd
        who = identity(name.encode()) if "{" in name else (name, ())
        use = timed & present & ~(np.isnan(values) & ~_says_nan(cells))
        reading.samples.append((*(who or (name, ())), times[use], values[use]))


def _long(
    reading: Reading, header: list[str], rows: list[list[str]], times: FloatArray, columns: tuple[int, int, int]
) -> None:
    when, metric, value = columns
    values, odd = numbers([row[value] if value < len(row) else "" for row in rows])
    reading.unreadable += odd
    others = [index for index in range(len(header)) if index not in (when, metric, value) and header[index]]
    groups: dict[tuple[str, Labels], list[int]] = {}
    for number, row in enumerate(rows):
        if metric < len(row) and row[metric].strip() and not np.isnan(values[number]):
            labels = tuple(sorted((header[i], row[i]) for i in others if i < len(row) and row[i] != ""))
            groups.setdefault((row[metric].strip(), labels), []).append(number)
    for (name, labels), numbers_of in groups.items():
        chosen = np.array(numbers_of)
        reading.samples.append((name, labels, times[chosen], values[chosen]))


def moments(cells: Sequence[str]) -> FloatArray:
    """Unix seconds of each cell: numbers in s, ms, us or ns, or ISO 8601 (UTC unless it says otherwise); else NaN."""
    values, odd = numbers(cells)
    if odd == 0 and len(cells):
        return seconds(values)
    return np.array([_moment(cell.strip()) for cell in cells], dtype=np.float64)


def numbers(cells: Sequence[str]) -> tuple[FloatArray, int]:
    """Each cell as a number (NaN for blanks and odd ones), and how many were odd."""
    try:
        return np.fromiter(map(float, cells), np.float64, len(cells)), 0
    except ValueError:
        pass
    values = np.full(len(cells), np.nan)
    odd = 0
    for index, cell in enumerate(cells):
        text = cell.strip()
        if text.lower() in _BLANK:
            continue
        try:
            values[index] = float(text.removesuffix("%"))
        except ValueError:
            odd += 1
    return values, odd


def _says_nan(cells: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([cell.strip().lower().lstrip("+-") == "nan" for cell in cells])


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text.replace(" UTC", "Z").replace(",", "."))
    except ValueError:
        try:
            return float(seconds(np.array([float(text)]))[0])
        except ValueError:
            return float("nan")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
