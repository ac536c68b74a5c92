"""CPU profiles of gperftools: machine words of either size and byte order."""

from __future__ import annotations

import struct
from collections import Counter

from diagnose.sources.profiles.legacy import builder, java, memorymap
from diagnose.sources.profiles.legacy.builder import Builder
from diagnose.sources.profiles.legacy.textual import deduplicated

_WORDS = ("<I", ">I", "<Q", ">Q")
_SIMILAR = 32


def recognises(plain: bytes) -> bool:
    """Whether the first five words are such a header."""
    return _header(plain) is not None


def read(plain: bytes) -> Builder:
    """The profile in the words. Raises ValueError when they end in the middle of a stack."""
    found = _header(plain)
    if found is None:
        raise ValueError("not a CPU profile of gperftools")
    word, period_us, of_java = found
    built = Builder([("samples", "count"), ("cpu", "nanoseconds")], period=period_us * 1000, drop=builder.CPU_DROP)
    size = struct.calcsize(word)
    stacks, rest = _stacks(plain, word, size)
    text = plain[rest:].decode("utf-8", "replace")
    for count, addresses in stacks:
        calls = addresses if of_java else [address - (i > 0) for i, address in enumerate(addresses)]
        built.add(calls, [count, count * built.period])
    if of_java:
        java.locate(built, text)
        return built
    _strip_handler(built)
    built.regions = memorymap.regions(text.splitlines())
    built.samples = [(deduplicated(addresses), values) for addresses, values in built.samples]
    return built


def _header(plain: bytes) -> tuple[str, int, bool] | None:
    """Word format, period in microseconds, and whether addresses are those of a JVM."""
    for word in _WORDS:
        size = struct.calcsize(word)
        if len(plain) < 5 * size:
            continue
        zero, three, mode, period, padding = struct.unpack_from(f"{word[0]}5{word[1]}", plain)
        if (zero, three, padding) == (0, 3, 0) and mode in (0, 1) and period > 0:
            return word, period, mode == 1
    return None


def _stacks(plain: bytes, word: str, size: int) -> tuple[list[tuple[int, list[int]]], int]:
    """Counts with stacks, and where the words end."""
    at, found = 5 * size, []
    while at < len(plain):
        if at + 2 * size > len(plain):
            raise ValueError("the profile ends in the middle of a stack (truncated file)")
        count, depth = struct.unpack_from(f"{word[0]}2{word[1]}", plain, at)
        at += 2 * size
        if depth > (len(plain) - at) // size:
            raise ValueError("the profile ends in the middle of a stack (truncated file)")
        addresses = list(struct.unpack_from(f"{word[0]}{depth}{word[1]}", plain, at))
        at += depth * size
        if count == 0 and addresses == [0]:
            break
        found.append((count, addresses))
    return found, at


def _strip_handler(built: Builder) -> None:
    """Drop the frame above the leaf when nearly all stacks share it: the signal handler's, up to two of them."""
    margin = len(built.samples) // _SIMILAR
    for _ in range(2):
        seconds = Counter(addresses[1] for addresses, _ in built.samples if len(addresses) > 1)
        common = next((address for address, n in seconds.items() if n >= len(built.samples) - margin), None)
        if common is None:
            return
        for addresses, _ in built.samples:
            if len(addresses) > 1 and addresses[1] == common:
                del addresses[1]
