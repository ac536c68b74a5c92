"""Time and level of many lines at once: bytes in numpy, no Python per line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.events import IntArray
from diagnose.signals.series import FloatArray
from diagnose.sources.logs import levels
from diagnose.sources.logs.digits import Bytes, Flags, Words, columns, newlines, number, places, upto, word
from diagnose.sources.logs.plans import LITERAL, MINUTE, Variant

STRANGE = -1
PAD = 1024  # bytes behind a block that a plan may look at
BINS = 4096
Codes = NDArray[np.int8]
Moment = Callable[[bytes], float]

_BITS = 12
_CODED = 4  # bytes of its word that tell a level
_BEHIND = 31  # bytes behind the text, of which the last three words tell the bin of a line
_MIXERS = [np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9)]
_ENDS = b"\" ]|:>,\t'"


def _named() -> dict[int, int]:
    """Levels by the first four bytes of their words; of shorter words by what may stand behind them."""
    found: dict[int, int] = {}
    for lower in (b"trace debug info notice warn error fatal critical panic trc dbg inf wrn err ftl").split():
        for name in (lower, lower.upper(), lower.capitalize()):
            for code in [name[:4]] if len(name) > 3 else [name + bytes([end]) for end in _ENDS]:
                found[int.from_bytes(code, "little")] = levels.of_word(lower.decode())
    found[int.from_bytes(b"LOG:", "little")] = levels.of_word("log")  # PostgreSQL
    for severity in range(10, 70, 10):  # pino and Bunyan
        for end in (b',"', b", ", b"}\n"):
            found[int.from_bytes(b"%d" % severity + end, "little")] = levels.of_number("level", severity)
    return found


_NAMED = _named()
_FACTOR = np.uint64(0x442E3D437204E52D)  # one of those that give every word a slot of its own
_SLOT_BITS = 12
_CODE, _ABOVE = np.uint64(0xFFFFFFFF), np.uint64(32)


def _slots(codes: Words) -> Words:
    slots: Words = (codes * _FACTOR) >> np.uint64(64 - _SLOT_BITS)
    return slots


def _levels_by_slot() -> Words:
    """The code of every slot and, above it, one more than its level."""
    codes = np.array(list(_NAMED), dtype=np.uint64)
    table = np.zeros(1 << _SLOT_BITS, dtype=np.uint64)
    table[_slots(codes)] = codes | (np.array(list(_NAMED.values()), dtype=np.uint64) + np.uint64(1)) << _ABOVE
    return table


_BY_SLOT = _levels_by_slot()


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a block: where they start and end, their level (or STRANGE), Unix time, and a bin below BINS.

    Lines whose first bytes behind the level are equal fall into the same bin, so that rare messages can be told.
    """

    starts: IntArray
    ends: IntArray
    level: Codes
    time: FloatArray
    bin: IntArray


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A variant in words of eight bytes: (row, value, mask) of literals, (row, mask) of the minute.

    `width` reaches as far behind the text as the level and the bin of a line are told by; `lead` is of the line.
    """

    width: int
    lead: tuple[tuple[int, np.uint64, np.uint64], ...]
    literals: tuple[tuple[int, np.uint64, np.uint64], ...]
    minute: tuple[tuple[int, np.uint64], ...]


def scan(block: Bytes, filled: int, variants: tuple[Variant, ...], moment: Moment, room: Bytes) -> Lines:
    """The whole lines in the first `filled` bytes; the block is at least PAD bytes longer.

    `moment` gives Unix seconds of the text of a stamp, NaN when it is none; `room` is for as many bytes as the block
    has, so that no memory needs to be asked for.
    """
    ends = newlines(block[:filled], room[: -(-filled // 8) * 8])
    starts = np.empty_like(ends)
    starts[:1], starts[1:] = 0, ends[:-1] + 1
    count = len(ends)
    level = np.full(count, STRANGE, dtype=np.int8)
    lines = Lines(starts, ends, level, np.empty(count), np.zeros(count, dtype=np.int64))
    spots = _spots(block[:filled], variants, starts)
    first = columns(block, starts, 16)
    leads = {lead: _fits(first, lead) for lead in {_pieces(variant).lead for variant in variants}}
    for variant in variants:
        chosen = np.flatnonzero(leads[_pieces(variant).lead] & (level == STRANGE))
        if chosen.size:
            _apply(block, lines, chosen, variant, spots, moment)
    return lines


def _spots(block: Bytes, variants: tuple[Variant, ...], starts: IntArray) -> dict[bytes, IntArray]:
    """Where each line has the anchor and the badge of variants; those without one begin with the line."""
    wanted = sorted({spot for variant in variants for spot in (variant.anchor, variant.badge) if spot})
    text = block.tobytes() if wanted else b""
    return {b"": starts, **{spot: places(text, spot, starts) for spot in wanted}}


def _apply(
    block: Bytes, lines: Lines, chosen: IntArray, variant: Variant, spots: dict[bytes, IntArray], moment: Moment
) -> None:
    """Writes time, level and bin of those chosen lines that follow the variant."""
    starts = spots[variant.anchor][chosen]
    badges = spots[variant.badge][chosen] if variant.badge else starts
    pieces = _pieces(variant)
    heads = columns(block, starts, pieces.width)
    there = _fits(heads, pieces.literals)
    if variant.anchor or variant.badge:
        there &= (starts >= 0) & (badges >= 0)
    if not there.all():
        chosen, heads, badges = chosen[there], heads[:, there], badges[there]
    if not chosen.size:
        return
    level = _levels(columns(block, badges + len(variant.badge), 8) if variant.badge else heads, variant)
    time, wrong = _times(heads, variant, moment)
    wrong |= level == STRANGE
    bins = _bins(heads)
    if wrong.any():
        right = ~wrong
        chosen, level, time, bins = chosen[right], level[right], time[right], bins[right]
    lines.level[chosen], lines.time[chosen], lines.bin[chosen] = level, time, bins


@lru_cache(maxsize=1024)
def _pieces(variant: Variant) -> _Pieces:
    size = len(variant.text)
    literals, minute = [], []
    for row in range(-(-size // 8)):
        text, kind = (part[8 * row : 8 * row + 8] for part in (variant.text, variant.kind))
        fixed, stamp = (word(bytes(255 * (sort == wanted) for sort in kind)) for wanted in (LITERAL, MINUTE))
        if fixed:
            literals.append((row, word(text) & fixed, fixed))
        if stamp:
            minute.append((row, stamp))
    lead = [piece for piece in literals[:1] if piece[0] == 0]
    if variant.anchor:
        pieces = ((row, variant.lead[8 * row : 8 * row + 8]) for row in (0, 1))
        lead = [(row, word(piece), word(b"\xff" * len(piece))) for row, piece in pieces if piece]
    return _Pieces((size + _BEHIND) // 8 * 8, tuple(lead), tuple(literals), tuple(minute))


def _fits(heads: Words, literals: tuple[tuple[int, np.uint64, np.uint64], ...]) -> Flags:
    """Which lines hold every literal byte."""
    wrong: Words = np.zeros(heads.shape[1], dtype=np.uint64)
    for row, value, mask in literals:
        differs = heads[row] ^ value
        differs &= mask
        wrong |= differs
    return np.equal(wrong, 0)


def _levels(heads: Words, variant: Variant) -> Codes:
    if variant.word < 0:
        return np.full(heads.shape[1], variant.level, dtype=np.int8)
    code = upto(heads, variant.word + _CODED) >> _ABOVE
    held = _BY_SLOT[_slots(code)]
    level = (held >> _ABOVE).astype(np.int8)
    level *= held & _CODE == code
    level -= 1
    return level


def _times(heads: Words, variant: Variant, moment: Moment) -> tuple[FloatArray, Flags]:
    """Unix seconds, and where they are none; the minute is told once for every run of lines that share it."""
    change = np.zeros(heads.shape[1] - 1, dtype=np.uint64)
    for row, mask in _pieces(variant).minute:
        differs = heads[row, 1:] ^ heads[row, :-1]
        differs &= mask
        change |= differs
    edges = np.flatnonzero(change) + 1
    runs = [0, *edges.tolist()]
    minutes = np.array([_minute(heads[:, index].tobytes(), variant, moment) for index in runs])
    seconds, wrong = number(heads, variant.second, 2)
    if not variant.epoch:
        wrong |= seconds >= 61
    minute = np.repeat(minutes, np.diff([*runs, heads.shape[1]])) if edges.size else minutes[0]
    wrong |= np.isnan(minute)
    time: FloatArray = minute + seconds.astype(np.float64)
    if variant.digits:
        part, wrong_too = number(heads, variant.fraction, variant.digits)
        time += part / 10.0**variant.digits
        wrong |= wrong_too
    return np.rint(time * 1e6) / 1e6 if variant.epoch else time, wrong


def _minute(head: bytes, variant: Variant, moment: Moment) -> float:
    """Unix seconds of the stamp at the head of a line with zeros for its seconds."""
    text = bytearray(head[variant.start : variant.end])
    for at, digits in ((variant.second, 2), (variant.fraction, variant.digits)):
        text[at - variant.start : at - variant.start + digits] = b"0" * digits
    return moment(bytes(text))


def _bins(heads: Words) -> IntArray:
    """A hash of the last three words, which stand behind the level or hold its end (Fibonacci hashing of each)."""
    mixed: Words = heads[-3] * _MIXERS[0]
    for index in (1, 2):
        mixed ^= heads[index - 3] * _MIXERS[index]
    mixed ^= mixed >> _ABOVE
    mixed *= _MIXERS[0]
    mixed >>= np.uint64(64 - _BITS)
    return mixed.view(np.int64)
