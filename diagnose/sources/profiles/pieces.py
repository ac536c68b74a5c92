"""Wire bytes of a large profile, parsed piece by piece: protobuf would hold all samples a second time, and more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from diagnose.sources.profiles.wire import Block, block

_PIECE = 1 << 20
_BYTES = 2


@dataclass(frozen=True, eq=False, slots=True)
class Parsed:
    """A profile's envelope without its samples, and these in blocks."""

    envelope: Any
    blocks: list[Block]


def parsed(data: bytes) -> Parsed:
    """The envelope of plain wire bytes. Raises DecodeError when they are none."""
    from diagnose.sources.profiles.pprof_pb2 import Envelope

    cuts = list(_cuts(data)) or [len(data)]
    if len(cuts) == 1:
        return taken_apart(Envelope.FromString(data))
    whole, blocks, start = Envelope(), [], 0
    for stop in cuts:
        piece = taken_apart(Envelope.FromString(data[start:stop]))
        whole.MergeFrom(piece.envelope)  # of the fields of a message that come twice protobuf, too, takes the last
        blocks += piece.blocks
        start = stop
    return Parsed(whole, blocks)


def taken_apart(envelope: Any) -> Parsed:
    """The same, from an envelope; its samples are taken out of it."""
    blocks = [block(envelope.sample)]
    envelope.ClearField("sample")
    return Parsed(envelope, blocks)


def _cuts(data: bytes) -> Iterator[int]:
    """Where fields end, one such place for each piece, and the end of the data; nothing for bytes of another form."""
    at, end, cut, cuts = 0, len(data), _PIECE, []
    if end <= _PIECE:
        return
    try:
        while at < end:
            size = data[at + 1]
            if data[at] & 0x87 == _BYTES and size < 0x80:  # a byte of tag and one of length, as nearly all have
                at += 2 + size
            else:
                at = _behind(data, at)
            if at >= cut:
                cuts.append(at)
                cut = at + _PIECE
    except IndexError:
        return
    if at == end:
        yield from cuts if cuts and cuts[-1] == end else [*cuts, end]


def _behind(data: bytes, at: int) -> int:
    """Where the field ends that begins here. Raises IndexError where it does not, or its type is out of use."""
    tag, at = _varint(data, at)
    if tag & 7 == _BYTES:
        size, at = _varint(data, at)
        return at + size
    widths = {1: 8, 5: 4}
    if tag & 7 in widths:
        return at + widths[tag & 7]
    if tag & 7:
        raise IndexError
    return _varint(data, at)[1]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while data[at] & 0x80:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | data[at] << shift, at + 1
