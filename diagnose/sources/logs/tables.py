"""Log exports that are no lines of a log: CSV of log stores, and journald's export format."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

JOURNAL = re.compile(rb"__(?:CURSOR|REALTIME_TIMESTAMP)=")
_TIMES = ("timestamp", "@timestamp", "_time", "date", "time", "datetime")
_MESSAGES = ("message", "@message", "line", "msg", "_raw", "content", "textpayload", "body", "log")
_NAME = re.compile(r"[@_A-Za-z][\w@. ]{0,40}")
_LEVELS = ("status", "severity", "level", "detected_level", "log.level")
_BINARY = 8  # bytes of a length before a field that is no text
_LARGEST = 1 << 24
_TEXT = frozenset({"MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "_HOSTNAME", "_PID", "_SYSTEMD_UNIT"})


def heads_table(head: bytes) -> bool:
    """Whether a file begins with the header of a CSV export: names alone, a time and a message among them."""
    names = _header(head.partition(b"\n")[0])
    return len(names) > 1 and all(map(_NAME.fullmatch, names)) and _first(names, _TIMES) and _first(names, _MESSAGES)


def _header(line: bytes) -> list[str]:
    text = line.decode("utf-8-sig", "replace").strip()
    try:
        return [name.strip() for name in next(csv.reader([text]), [])]
    except csv.Error:  # a carriage return amid the line: whatever this is, it is no header
        return []


def _first(names: list[str], wanted: tuple[str, ...]) -> bool:
    return any(name.lower() in wanted for name in names)


def rows(stream: BinaryIO) -> Iterator[bytes]:
    """One JSON record for each row; rows without the header's number of cells are told as they stand.

    Raises ValueError where the rows end and something else begins.
    """
    text = io.TextIOWrapper(stream, "utf-8-sig", "replace", newline="")
    try:
        reader = csv.reader(line.replace("\0", "") for line in iter(lambda: text.readline(_LARGEST), ""))
        keys = _keys(next(reader, []))
        for row in reader:
            record = dict(zip(keys, row, strict=False)) if len(row) == len(keys) else {"message": ",".join(row)}
            yield msgspec.json.encode({key: cell for key, cell in record.items() if cell}) + b"\n"
    except csv.Error as error:
        raise ValueError(f"row {reader.line_num} is no row of a table: {error}") from None
    finally:
        text.detach()


def _keys(header: list[str]) -> list[str]:
    """The names of the columns, those of time, message and level as records of logs have them."""
    lower = [name.strip().lower() for name in header]
    known = {
        next((name for name in names if name in lower), ""): key
        for key, names in (("timestamp", _TIMES), ("message", _MESSAGES), ("level", _LEVELS))
    }
    return [known.get(name, name) for name in lower]


def journal(stream: BinaryIO) -> Iterator[bytes]:
    """One JSON record for each entry of `journalctl -o export`: fields a line, entries apart by a blank line."""
    entry: dict[str, str] = {}
    while line := stream.readline(_LARGEST):
        name, equals, value = line.rstrip(b"\n").partition(b"=")
        if not name and entry:
            yield msgspec.json.encode(entry) + b"\n"
            entry = {}
        elif name and not equals:
            value = stream.read(min(int.from_bytes(stream.read(_BINARY), "little"), _LARGEST))
            stream.read(1)
        key = name.decode("utf-8", "replace")
        if key in _TEXT or key == "__REALTIME_TIMESTAMP":
            entry[key] = value.decode("utf-8", "replace")
    if entry:
        yield msgspec.json.encode(entry) + b"\n"
