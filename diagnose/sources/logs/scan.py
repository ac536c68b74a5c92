"""Time and level of many lines at once: bytes in numpy, no Python per line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.events import IntArray
from diagnose.signals.series import FloatArray
from diagnose.sources.logs import levels
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.plans import Variant

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
PAD = 32
BINS = 4096
_BITS = 12
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)

_CODES = {
    word[:4].ljust(4, b"\0"): levels.of_word(word.decode())
    for lower in (b"trace", b"debug", b"info", b"notice", b"warn", b"error", b"fatal", b"critical", b"panic")
    for word in (lower, lower.upper(), lower.capitalize())
}
_KNOWN = np.array(sorted(int.from_bytes(code, "little") for code in _CODES), dtype=np.uint64)
_LEVEL_OF = np.array([_CODES[int(code).to_bytes(4, "little")] for code in _KNOWN], dtype=np.int64)
_LOW4 = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a block: where they start and end, their level (-1: unknown), Unix time, and a bin below BINS.

    Lines whose first bytes behind the level are equal fall into the same bin, so that rare messages can be told.
    """

    starts: IntArray
    ends: IntArray
    level: IntArray
    time: FloatArray
    bin: IntArray


def scan(block: Bytes, size: int, variants: tuple[Variant, ...], clock: Clock) -> Lines:
    """The lines in the first `size` bytes, which end with a newline; the block is at least PAD bytes longer."""
    ends = np.flatnonzero(block[:size] == 10)
    starts = np.concatenate(([0], ends[:-1] + 1)) if ends.size else ends
    words = np.ndarray((len(block) - 7,), dtype="<u8", buffer=block.data, strides=(1,))
    level = np.full(len(starts), -1, dtype=np.int64)
    time = np.full(len(starts), np.nan)
    bins = np.zeros(len(starts), dtype=np.int64)
    rest = np.arange(len(starts))
    for variant in variants:
        if not rest.size:
            break
        long_enough = rest[ends[rest] - starts[rest] >= variant.length]
        fits = long_enough[_fits(words, starts[long_enough], variant)]
        found = _levels(words, starts[fits], variant)
        at = _times(words, block, starts[fits], variant, clock)
        good = (found >= 0) & np.isfinite(at)
        level[fits[good]] = found[good]
        time[fits[good]] = at[good]
        bins[fits[good]] = _bins(words, starts[fits[good]] + variant.length)
        rest = rest[level[rest] < 0]
    return Lines(starts, ends, level, time, bins)


def _bins(words: Words, body: IntArray) -> IntArray:
    """A hash of sixteen bytes (Fibonacci hashing)."""
    mixed = (words[body] * _GOLDEN) ^ words[body + 8]
    return ((mixed * _GOLDEN) >> np.uint64(64 - _BITS)).astype(np.int64)


def _fits(words: Words, starts: IntArray, variant: Variant) -> NDArray[np.bool_]:
    """Whether lines hold every literal byte of the variant."""
    ok = np.ones(len(starts), dtype=np.bool_)
    for offset, value, mask in _literals(variant):
        if not ok.any():
            break
        ok &= (words[starts + offset] & mask) == value
    return ok


def _literals(variant: Variant) -> list[tuple[int, np.uint64, np.uint64]]:
    """Literal bytes of a variant in words of eight: offset, value, mask."""
    at = len(variant.prefix)
    wild = b"\0"
    stamp = (
        wild * 4 + variant.date + wild * 2 + variant.date + wild * 2 + variant.gap + (wild * 2 + b":") * 2 + wild * 2
    )
    text = variant.prefix + stamp + variant.point + wild * variant.fraction + variant.between
    known = (
        b"\xff" * at
        + bytes(255 * (byte != 0) for byte in stamp)
        + b"\xff" * len(variant.point)
        + wild * variant.fraction
        + b"\xff" * len(variant.between)
    )
    pieces = []
    for offset in range(0, len(text), 8):
        value, mask = text[offset : offset + 8], known[offset : offset + 8]
        if any(mask):
            pieces.append((offset, _word(value), _word(mask)))
    return sorted(pieces, key=lambda piece: -bin(int(piece[2])).count("1"))


def _word(piece: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(piece.ljust(8, b"\0"), "little"))


def _levels(words: Words, starts: IntArray, variant: Variant) -> IntArray:
    if variant.level >= 0:
        return np.full(len(starts), variant.level, dtype=np.int64)
    offset = variant.length - 4
    code = words[starts + offset] & _LOW4
    place = np.minimum(np.searchsorted(_KNOWN, code), len(_KNOWN) - 1)
    return np.where(_KNOWN[place] == code, _LEVEL_OF[place], -1)


def _times(words: Words, block: Bytes, starts: IntArray, variant: Variant, clock: Clock) -> FloatArray:
    """Unix seconds; the minute is parsed once for every run of lines that share it."""
    if not starts.size:
        return np.zeros(0)
    at = starts + len(variant.prefix)
    day, hour = words[at], words[at + 8]
    change = np.flatnonzero((day[1:] != day[:-1]) | (hour[1:] != hour[:-1])) + 1
    first = np.concatenate(([0], change))
    bases = np.array([_minute(block, int(at[index]), variant, clock) for index in first])
    base = np.repeat(bases, np.diff(np.concatenate((first, [len(at)]))))
    seconds = _digits(block, at + 17, 2)
    time = base + np.where(seconds < 61, seconds, np.nan)
    if variant.fraction:
        time = time + _digits(block, at + 19 + len(variant.point), variant.fraction) / 10.0**variant.fraction
    return np.asarray(time)


def _minute(block: Bytes, at: int, variant: Variant, clock: Clock) -> float:
    text = block[at : at + 16].tobytes().decode("ascii", "replace") + ":00" + variant.zone
    found = clock.iso(text)
    return float("nan") if found is None else found


def _digits(block: Bytes, at: IntArray, count: int) -> FloatArray:
    """The number in `count` digits; NaN where there are others than digits."""
    total = np.zeros(len(at))
    wrong = np.zeros(len(at), dtype=np.bool_)
    for index in range(count):
        digit = block[at + index] - np.uint8(48)
        wrong |= digit > 9
        total = total * 10 + digit
    return np.where(wrong, np.nan, total)
