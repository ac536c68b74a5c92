"""Locations and functions of a pprof profile as columns of numbers, before any of them has a name.

Two ways that agree: the fields of all messages in lock-step, and where those are odd, protobuf message by message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnose.sources.profiles.varints import Odd, Step, Varints, bounded, steps, varints

Ints = NDArray[np.int64]
_ID, _MAPPING, _LINE = 1, 2, 4
_FUNCTION, _NUMBER = 1, 2


@dataclass(frozen=True, eq=False, slots=True)
class Locations:
    """Locations in the order of the file, each with `counts` lines (at least one), innermost first.

    `function` (an id, 0 for none) and `line` are of each line, `mapping` of the location that the line belongs to.
    """

    ids: Ints
    counts: Ints
    function: Ints
    line: Ints
    mapping: Ints


@dataclass(frozen=True, eq=False, slots=True)
class Functions:
    """Functions by id; name, system name and file as places in the table of strings."""

    ids: Ints
    name: Ints
    system_name: Ints
    file: Ints


def locations(messages: Sequence[bytes]) -> Locations:
    """All locations. Raises DecodeError or ValueError."""
    try:
        return _locations(messages)
    except Odd:
        return plain_locations(messages)


def functions(messages: Sequence[bytes]) -> Functions:
    """All functions. Raises DecodeError or ValueError."""
    try:
        read, first, limit = _read(messages)
        ids, name, system_name, file = _numbers(read, first, limit, (1, 2, 3, 4))
    except Odd:
        return plain_functions(messages)
    return Functions(ids, name, system_name, file)


def plain_functions(messages: Sequence[bytes]) -> Functions:
    """The plain way. Raises DecodeError."""
    from diagnose.sources.profiles.pprof_pb2 import Function

    rows = [Function.FromString(wire) for wire in messages]
    columns = zip(*((_signed(row.id), row.name, row.system_name, row.filename) for row in rows), strict=True)
    return Functions(*(np.array(column, dtype=np.int64) for column in list(columns) or [()] * 4))


def plain_locations(messages: Sequence[bytes]) -> Locations:
    """The plain way. Raises DecodeError."""
    from diagnose.sources.profiles.pprof_pb2 import Line, Location

    rows = [Location.FromString(wire) for wire in messages]
    lines = [
        (_signed(line.function_id), line.line, _signed(row.mapping_id))
        for row in rows
        for line in (row.line or [Line()])
    ]
    columns = [np.array(column, dtype=np.int64) for column in zip(*lines, strict=True)] or [np.zeros(0, np.int64)] * 3
    ids = np.array([_signed(row.id) for row in rows], dtype=np.int64)
    return Locations(ids, np.array([len(row.line) or 1 for row in rows], dtype=np.int64), *columns)


def _signed(number: int) -> int:
    """An unsigned number as the signed one of the same 64 bits."""
    return number - (1 << 64) if number >> 63 else number


def _read(messages: Sequence[bytes]) -> tuple[Varints, Ints, Ints]:
    lengths = np.fromiter(map(len, messages), dtype=np.int64, count=len(messages))
    bounded(lengths)
    read = varints(b"".join(messages))
    return (read, *read.messages(lengths))


def _fill(columns: dict[int, Ints], read: Varints, step: Step) -> None:
    """Write what a step says of these fields; of several the last counts."""
    for field, column in columns.items():
        here = step.field == field
        if (here & step.packed).any():
            raise Odd
        column[step.rows[here]] = read.values[step.start[here]]


def _numbers(read: Varints, first: Ints, limit: Ints, fields: Sequence[int]) -> list[Ints]:
    """One column for each of the fields, 0 where a message lacks it."""
    found = {field: np.zeros(len(first), dtype=np.int64) for field in fields}
    for step in steps(read, first, limit):
        _fill(found, read, step)
    return list(found.values())


def _locations(messages: Sequence[bytes]) -> Locations:
    read, first, limit = _read(messages)
    columns = {field: np.zeros(len(messages), dtype=np.int64) for field in (_ID, _MAPPING)}
    lines = [np.zeros((3, 0), dtype=np.int64)]
    for step in steps(read, first, limit):
        _fill(columns, read, step)
        here = step.field == _LINE
        if (here & ~step.packed).any():
            raise Odd
        lines.append(np.stack((step.rows[here], step.start[here], step.stop[here])))
    found = np.concatenate(lines, axis=1)
    bare = np.flatnonzero(np.bincount(found[0], minlength=len(messages)) == 0)  # no line at all: one of no function
    found = np.concatenate((found, np.stack((bare, np.zeros_like(bare), np.zeros_like(bare)))), axis=1)
    owner, start, stop = found[:, np.argsort(found[0], kind="stable")]  # a location's lines stay in their order
    function, line = _numbers(read, start, stop, (_FUNCTION, _NUMBER))
    counts = np.bincount(owner, minlength=len(messages)).astype(np.int64)
    return Locations(columns[_ID], counts, function, line, columns[_MAPPING][owner])
