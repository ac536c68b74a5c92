"""The side tables of a pprof profile: strings, functions, mappings, and locations as lists of frames."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.profile import Frame
from diagnose.sources.profiles import symbols
from diagnose.sources.profiles.names import simplified
from diagnose.sources.profiles.prune import cut, dropper

Ints = NDArray[np.int64]
Lines = NDArray[np.int32] | NDArray[np.uint16]
_NARROW = 1 << 16
Flags = NDArray[np.bool_]
_MOST = 1 << 24  # frames of the samples of one chunk, which are some hundred thousand in a real profile


@dataclass(frozen=True, eq=False, slots=True)
class Tables:
    """Frames, and for each location (by rank of its id) which frames it stands for, innermost first.

    `ids` holds the location ids in rising order; location r stands for `lines[starts[r] : starts[r] + counts[r]]`.
    """

    strings: Sequence[str]
    frames: tuple[Frame, ...]
    ids: Ints
    starts: Ints
    counts: Ints
    lines: Lines
    size_label: bytes
    whole: Flags
    beneath: Flags

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

    def expand(self, locations: Ints, counts: Ints) -> tuple[Lines, Ints]:
        """Frames of samples that are given as location ids, and how many each sample then has."""
        rank = self._rank(locations)
        if self.whole.any() or self.beneath.any():
            rank, counts = cut(rank, counts, self.whole, self.beneath)
        starts, widths = self.starts[rank], self.counts[rank]
        if (widths == 1).all():
            return self.lines[starts], counts
        total = np.concatenate((np.zeros(1, np.int64), np.cumsum(widths)))
        if total[-1] > _MOST:
            raise ValueError("locations of more inlined calls than any compiler makes")
        borders = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        line = np.repeat(starts, widths)
        for k in range(1, int(widths.max())):
            line[total[:-1][widths > k] + k] += k
        return self.lines[line], np.diff(total[borders])

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
    strings = [text.decode("utf-8", "replace") for text in envelope.string_table]
    found = symbols.locations(envelope.location)
    functions = symbols.functions(envelope.function)
    order = _order(found.ids, "location")
    frames, lines = _frames(found, _Names(strings, functions), _modules(strings, envelope))
    drops = dropper(_text(strings, envelope.drop_frames), _text(strings, envelope.keep_frames))
    starts = (np.cumsum(found.counts) - found.counts)[order]
    counts, whole, beneath = found.counts[order], *np.zeros((2, len(order)), dtype=np.bool_)
    if drops is not None:
        rows = [lines[start : start + count].tolist() for start, count in zip(starts, counts, strict=True)]
        kept, whole, beneath = _pruned(rows, [drops(frame.function) for frame in frames])
        counts = np.array([len(row) for row in kept], dtype=np.int64)
        starts, lines = np.cumsum(counts) - counts, _narrow([frame for row in kept for frame in row], len(frames))
    return Tables(strings, frames, found.ids[order], starts, counts, lines, _size_label(strings), whole, beneath)


def _order(ids: Ints, what: str) -> Ints:
    """The order that sorts the ids. Raises ValueError when one is 0 or two are equal."""
    if (ids == 0).any():
        raise ValueError(f"a {what} has id 0")
    order = np.argsort(ids, kind="stable")
    twice = np.flatnonzero(np.diff(ids[order]) == 0)
    if len(twice):
        raise ValueError(f"two {what}s have id {int(ids[order][twice[0]])}")
    return order


def _modules(strings: Sequence[str], envelope: Any) -> dict[int, str]:
    """File names of the mappings, by id."""
    from diagnose.sources.profiles.pprof_pb2 import Mapping

    rows = [Mapping.FromString(wire) for wire in envelope.mapping]
    ids = np.array([row.id for row in rows], dtype=np.uint64).view(np.int64)
    _order(ids, "mapping")
    return {number: _text(strings, row.filename) for number, row in zip(ids.tolist(), rows, strict=True)}


def _frames(found: symbols.Locations, names: _Names, modules: Mapping[int, str]) -> tuple[tuple[Frame, ...], Lines]:
    """Frames in the order in which lines refer to them first, equal ones made once, and the frame of each line."""
    known: defaultdict[tuple[int, int, int], int] = defaultdict()
    known.default_factory = known.__len__
    line = np.where(found.function == 0, 0, found.line)
    keys = zip(found.function.tolist(), line.tolist(), found.mapping.tolist(), strict=True)
    lines = _narrow(list(map(known.__getitem__, keys)), len(known))
    functions, numbers, mappings = zip(*known, strict=True) if known else ((), (), ())
    named = {function: names(function) for function in dict.fromkeys(functions)}
    called, files = zip(*map(named.__getitem__, functions), strict=True) if known else ((), ())
    binaries = map(modules.get, mappings, repeat(""))
    columns = zip(called, files, numbers, binaries, strict=True)
    return tuple(map(tuple.__new__, repeat(Frame), columns)), lines  # Frame._make without a call of Python for each


def _narrow(lines: Sequence[int], frames: int) -> Lines:
    """Places of frames in as few bytes as they need: stacks are most of a profile's memory."""
    return np.array(lines, dtype=np.uint16) if frames <= _NARROW else np.array(lines, dtype=np.int32)


def _pruned(rows: list[list[int]], dropped: Sequence[bool]) -> tuple[list[list[int]], Flags, Flags]:
    """Rows without the frames that are dropped, and which locations are dropped as a whole or from within."""
    whole, beneath = np.zeros((2, len(rows)), dtype=np.bool_)
    out: list[list[int]] = []
    for rank, row in enumerate(rows):
        at = next((i for i in range(len(row) - 1, -1, -1) if dropped[row[i]]), -1)
        whole[rank] = at >= 0 and at == len(row) - 1
        beneath[rank] = at >= 0 and not whole[rank]
        out.append(row if whole[rank] else row[at + 1 :])
    return out, whole, beneath


def _text(strings: Sequence[str], index: int) -> str:
    if index == 0:
        return ""
    if not 0 < index < len(strings):
        raise ValueError(f"string {index} is not in the table of {len(strings)}")
    return strings[index]


def _size_label(strings: Sequence[str]) -> bytes:
    """Wire bytes that begin the label `bytes` of heap samples: one a sample, and the values say the same."""
    if "bytes" not in strings:
        return b""
    index = strings.index("bytes")
    out = bytearray(b"\x08")
    while index >= 0x80:
        out.append(index & 0x7F | 0x80)
        index >>= 7
    return bytes(out) + bytes([index]) + b"\x18"


class _Names:
    """Name and file of a function by its id; 0 is none, and what a producer left out stays empty."""

    def __init__(self, strings: Sequence[str], functions: symbols.Functions) -> None:
        _order(functions.ids, "function")
        self._strings = strings
        columns = (functions.name.tolist(), functions.system_name.tolist(), functions.file.tolist())
        self._known = dict(zip(functions.ids.tolist(), zip(*columns, strict=True), strict=True))

    def __call__(self, function: int) -> tuple[str, str]:
        if not function:
            return "", ""
        if function not in self._known:
            raise ValueError(f"function {function} is not in the table")
        name, system, file = self._known[function]
        linked = _text(self._strings, system)
        called = linked if name == system else _text(self._strings, name)
        if called == linked or not called:
            called = simplified(linked)  # nobody has prepared the name for reading
        return called, _text(self._strings, file)
