"""The side tables of a pprof profile: strings, functions, mappings, and locations as lists of frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.profile import Frame
from diagnose.sources.profiles.names import simplified
from diagnose.sources.profiles.prune import cut, dropper

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Tables:
    """Frames, and for each location (by rank of its id) which frames it stands for, innermost first.

    `ids` holds the location ids in rising order; location r stands for `lines[starts[r] : starts[r] + counts[r]]`.
    """

    strings: Sequence[bytes]
    frames: tuple[Frame, ...]
    ids: Ints
    starts: Ints
    counts: Ints
    lines: NDArray[np.int32]
    size_label: bytes
    whole: NDArray[np.bool_]
    beneath: NDArray[np.bool_]

    def text(self, index: int) -> str:
        """A string of the table; ValueError when there is none."""
        return _text(self.strings, index)

    def label(self, wire: bytes) -> tuple[str, str]:
        """Key and value of a label; numbers keep their unit."""
        from diagnose.sources.profiles.pprof_pb2 import Label

        label = Label.FromString(wire)
        if label.str:
            return self.text(label.key), self.text(label.str)
        unit = self.text(label.num_unit)
        return self.text(label.key), f"{label.num} {unit}".strip()

    def expand(self, locations: Ints, counts: Ints) -> tuple[NDArray[np.int32], Ints]:
        """Frames of samples that are given as location ids, and how many each sample then has."""
        rank = self._rank(locations)
        if self.whole.any() or self.beneath.any():
            rank, counts = cut(rank, counts, self.whole, self.beneath)
        if len(self.lines) == len(self.ids) and (self.counts == 1).all():
            return self.lines[rank], counts
        widths = self.counts[rank]
        total = np.concatenate((np.zeros(1, np.int64), np.cumsum(widths)))
        borders = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        within = np.arange(total[-1]) - np.repeat(total[:-1], widths)
        return self.lines[np.repeat(self.starts[rank], widths) + within], np.diff(total[borders])

    def _rank(self, locations: Ints) -> Ints:
        if not len(locations):
            return locations
        dense = len(self.ids) and self.ids[0] == 1 and self.ids[-1] == len(self.ids)  # as most producers number them
        rank = locations - 1 if dense else np.searchsorted(self.ids, locations).astype(np.int64)
        known = len(self.ids) and int(rank.min()) >= 0 and int(rank.max()) < len(self.ids)
        if not known or not (dense or (self.ids[rank] == locations).all()):
            raise ValueError("a sample refers to a location that is not there")
        return rank


def tables(envelope: Any) -> Tables:
    """The side tables of a parsed envelope. Raises ValueError or DecodeError on what cannot be."""
    from diagnose.sources.profiles.pprof_pb2 import Function, Location, Mapping

    strings = list(envelope.string_table)
    mappings = _by_id((Mapping.FromString(wire) for wire in envelope.mapping), "mapping")
    functions = _by_id((Function.FromString(wire) for wire in envelope.function), "function")
    locations = _by_id((Location.FromString(wire) for wire in envelope.location), "location")
    make = _Frames(strings, mappings, functions)
    order = sorted(locations, key=lambda number: number - (1 << 64) if number >> 63 else number)
    rows = [make.rows(locations[number]) for number in order]
    drops = dropper(_text(strings, envelope.drop_frames), _text(strings, envelope.keep_frames))
    rows, whole, beneath = _pruned(rows, make.frames, drops)
    counts = np.array([len(row) for row in rows], dtype=np.int64)
    return Tables(
        strings=strings,
        frames=tuple(make.frames),
        ids=np.array(order, dtype=np.uint64).view(np.int64),
        starts=np.cumsum(counts) - counts,
        counts=counts,
        lines=np.array([frame for row in rows for frame in row], dtype=np.int32),
        size_label=_size_label(strings),
        whole=whole,
        beneath=beneath,
    )


def _pruned(
    rows: list[list[int]], frames: Sequence[Frame], drops: Callable[[str], bool] | None
) -> tuple[list[list[int]], NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows without the frames that are dropped, and which locations are dropped as a whole or from within."""
    whole, beneath = (np.zeros(len(rows), dtype=np.bool_) for _ in range(2))
    if drops is None:
        return rows, whole, beneath
    dropped = [drops(frame.function) for frame in frames]
    out: list[list[int]] = []
    for rank, row in enumerate(rows):
        at = next((i for i in range(len(row) - 1, -1, -1) if dropped[row[i]]), -1)
        whole[rank] = at >= 0 and at == len(row) - 1
        beneath[rank] = at >= 0 and not whole[rank]
        out.append(row if whole[rank] else row[at + 1 :])
    return out, whole, beneath


def _by_id(items: Any, what: str) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for item in items:
        if not item.id:
            raise ValueError(f"a {what} has id 0")
        if item.id in found:
            raise ValueError(f"two {what}s have id {item.id}")
        found[item.id] = item
    return found


def _text(strings: Sequence[bytes], index: int) -> str:
    if index == 0:
        return ""
    if not 0 < index < len(strings):
        raise ValueError(f"string {index} is not in the table of {len(strings)}")
    return strings[index].decode("utf-8", "replace")


def _size_label(strings: Sequence[bytes]) -> bytes:
    """Wire bytes that begin the label `bytes` of heap samples: one a sample, and the values say the same."""
    index = next((i for i, text in enumerate(strings) if text == b"bytes"), 0)
    if not index:
        return b""
    out = bytearray(b"\x08")
    while index >= 0x80:
        out.append(index & 0x7F | 0x80)
        index >>= 7
    return bytes(out) + bytes([index]) + b"\x18"


class _Frames:
    """Equal frames are made once; a name that a producer left out stays empty."""

    def __init__(self, strings: Sequence[bytes], mappings: Mapping[int, Any], functions: Mapping[int, Any]) -> None:
        self.frames: list[Frame] = []
        self._known: dict[tuple[int, int, int], int] = {}
        self._strings = strings
        self._functions = functions
        self._names: dict[int, tuple[str, str]] = {}
        self._modules = {number: _text(strings, mapping.filename) for number, mapping in mappings.items()}

    def rows(self, location: Any) -> list[int]:
        mapping = location.mapping_id
        lines = location.line
        if len(lines) == 1:
            (line,) = lines
            return [self._row(line.function_id, line.line, mapping)]
        return [self._row(line.function_id, line.line, mapping) for line in lines] or [self._row(0, 0, mapping)]

    def _row(self, function: int, line: int, mapping: int) -> int:
        key = (function, line if function else 0, mapping)
        row = self._known.get(key)
        if row is None:
            row = self._known[key] = len(self.frames)
            name, file = self._name(function) if function else ("", "")
            self.frames.append(Frame(name, file, line if function else 0, self._modules.get(mapping, "")))
        return row

    def _name(self, function: int) -> tuple[str, str]:
        known = self._names.get(function)
        if known is None:
            known = self._names[function] = self._named(function)
        return known

    def _named(self, function: int) -> tuple[str, str]:
        if function not in self._functions:
            raise ValueError(f"function {function} is not in the table")
        known = self._functions[function]
        name, system = _text(self._strings, known.name), _text(self._strings, known.system_name)
        if name == system or not name:
            name = simplified(system)  # nobody has prepared the name for reading
        return name, _text(self._strings, known.filename)
