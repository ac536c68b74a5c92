"""Legacy text profiles: heap, growth, fragmentation, contention, mutex and threads, of gperftools and of Go."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from diagnose.sources.profiles.gotext import resolved
from diagnose.sources.profiles.legacy import builder, memorymap
from diagnose.sources.profiles.legacy.builder import Builder

_HEAP = re.compile(
    r"heap profile: *(\d+): *(\d+) *\[ *(\d+): *(\d+) *\] *@ *"
    r"(heapz_v2|heap_v2|heapprofile|heap|growthz?|fragmentationz?)(?:/(\d+))?\s*$"
)
_HEAP_SAMPLE = re.compile(r"(-?\d+): *(-?\d+) *\[ *(\d+): *(\d+) *\] @([ x0-9a-f]*)")
_CONTENTION_SAMPLE = re.compile(r"(\d+) +(\d+) @([ x0-9a-f]*)")
_HEX = re.compile(r"0x[0-9a-f]+")
_THREAD = re.compile(r"--- Thread [0-9a-fA-F]+ \(name: .*/\d+\) stack: ---")
_THREADS = re.compile(r"--- threadz \d+ ---")
_CONTENTION = ("--- contentionz ", "--- mutex:", "--- contention:")


def recognises(head: str) -> bool:
    """Whether the first line that says something opens one of these formats."""
    line = _first(head)
    return bool(_HEAP.match(line) or line.startswith(_CONTENTION) or _THREADS.match(line) or _THREAD.match(line))


def read(text: str) -> Builder:
    """The profile in the text. Raises ValueError on a line that breaks the format."""
    line = _first(text)
    body, _, maps = _split(text)
    if _HEAP.match(line):
        built = _heap(body)
    elif line.startswith(_CONTENTION):
        built = _contention(body)
    else:
        built = _threads(body)
    built.regions = memorymap.regions(maps)
    return built


def _first(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")), "")


def _split(text: str) -> tuple[list[str], str, list[str]]:
    """Lines before the memory map, and lines in it."""
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if any(mark in line for mark in memorymap.SENTINELS):
            return lines[:i], line, lines[i + 1 :]
    return lines, "", []


def _heap(lines: list[str]) -> Builder:
    start = next(i for i, line in enumerate(lines) if _HEAP.match(line.strip()))
    head = _HEAP.match(lines[start].strip())
    if head is None:
        raise ValueError("the heap header is malformed")
    kind, rate = head[5], int(head[6] or 0)
    both = (head[3] not in (head[1], "0") or head[4] not in (head[2], "0")) and kind.startswith("heap")
    rate = {"heapprofile": 1, "heap": rate // 2}.get(kind, rate)
    space = [("objects", "count"), ("space", "bytes")]
    four = [(f"{when}_{what}", unit) for when in ("alloc", "inuse") for what, unit in space]
    built = Builder(four if both else space, period=rate if kind.startswith("heap") else 1)
    built.drop, built.keep = builder.HEAP_DROP, builder.HEAP_KEEP
    scaled = kind in ("heapz_v2", "heap_v2", "heap")
    for line in _samples(lines[start + 1 :], built):
        hit = _HEAP_SAMPLE.match(line)
        if hit is None:
            raise ValueError(f"not a heap sample: {line[:60]!r}")
        pairs = ([(hit[3], hit[4])] if both else []) + [(hit[1], hit[2])]
        values = [value for count, size in pairs for value in unsampled(int(count), int(size), rate if scaled else 1)]
        built.add(_callers(hit[5]), values)
    return built


def unsampled(count: int, size: int, rate: int) -> tuple[int, int]:
    """What a heap sample stands for, when one in `rate` bytes was sampled by a Poisson process."""
    if count == 0 and size != 0:
        raise ValueError(f"a heap sample of no objects has {size} bytes")
    if count == 0 or size == 0:
        return 0, 0
    if rate <= 1:
        return count, size
    likelihood = 1 - math.exp(-(size / count) / rate)
    if likelihood <= 0:
        raise ValueError(f"a heap sample has a negative size: {size}")
    scale = 1 / likelihood
    return int(count * scale), int(size * scale)


def _contention(lines: list[str]) -> Builder:
    built = Builder([("contentions", "count"), ("delay", "nanoseconds")], period=1, drop=builder.LOCK_DROP)
    attributes, samples = _attributes(lines[1:])
    hertz = attributes.get("cycles/second", 0)
    built.period = attributes.get("sampling period", 1)
    built.duration_ns = attributes.get("ms since reset", 0) * 1_000_000
    for line in _samples(samples, built):
        hit = _CONTENTION_SAMPLE.match(line)
        if hit is None:
            raise ValueError(f"not a contention sample: {line[:60]!r}")
        delay, count = int(hit[1]), int(hit[2])
        if built.period > 0:
            delay = int(delay * built.period / (hertz / 1e9)) if hertz > 0 else delay
            count *= built.period
        built.add(_callers(hit[3]), [count, delay])
    return built


def _attributes(lines: list[str]) -> tuple[dict[str, int], list[str]]:
    """`name = number` lines at the beginning, and the rest."""
    found: dict[str, int] = {}
    for i, line in enumerate(lines):
        name, sign, value = line.partition("=")
        if line.strip() and not line.startswith("#"):
            if not sign:
                return found, lines[i:]
            found[name.strip()] = int(value.strip(), 0)
    return found, []


def _threads(lines: list[str]) -> Builder:
    built = Builder([("thread", "count")], period=1, drop=builder.CPU_DROP)
    for block in _blocks(lines):
        addresses = [int(hit, 16) for line in block for hit in _HEX.findall(line)]
        if any("same as previous thread" in line for line in block) or not addresses:
            if built.samples:
                built.samples[-1][1][0] += 1
            continue
        built.add(deduplicated([addresses[0], *(address - 1 for address in addresses[1:])]), [1])
    return built


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    block: list[str] | None = None
    for line in lines:
        if line.startswith("---- no stack trace for"):
            break
        if _THREAD.match(line.strip()):
            if block is not None:
                yield block
            block = []
        elif block is not None and line.startswith("---"):
            yield block
            block = None
        elif block is not None:
            block.append(line)
    if block is not None:
        yield block


def deduplicated(addresses: list[int]) -> list[int]:
    """Without the second frame when it is the leaf again, as signal handlers write it."""
    return [addresses[0], *addresses[2:]] if len(addresses) > 1 and addresses[0] == addresses[1] + 1 else addresses


def _samples(lines: list[str], built: Builder) -> Iterator[str]:
    """Lines with samples; comments with symbols, as Go writes them, are kept aside."""
    for line in lines:
        bare = line.strip()
        if bare.startswith("#"):
            _name(bare, built)
        elif bare.startswith("---"):
            break
        elif bare:
            yield bare


def _name(comment: str, built: Builder) -> None:
    frame = resolved(comment)
    address = _HEX.search(comment[:40])
    if frame is not None and address is not None:
        built.symbols.setdefault(int(address.group(), 16), (frame.function, frame.file, frame.line))


def _callers(text: str) -> list[int]:
    """Addresses of calls: what a stack holds is where each call returns to."""
    return [int(hit, 16) - 1 for hit in _HEX.findall(text)]
