"""Heap dumps of jemalloc: stacks of addresses, each with what all threads together have sampled of it."""

from __future__ import annotations

import re

from diagnose.sources.profiles.legacy import builder, memorymap
from diagnose.sources.profiles.legacy.builder import Builder
from diagnose.sources.profiles.legacy.textual import callers, unsampled

_HEAD = re.compile(r"heap_v2/(\d+)\s")
_ALL = re.compile(r"\s*t\*: (\d+): (\d+) \[(\d+): (\d+)\]")
_MAPS = "MAPPED_LIBRARIES:"


def recognises(head: str) -> bool:
    """Whether the first line is that of jemalloc, which lacks the totals that gperftools writes before it."""
    return _HEAD.match(head) is not None


def read(text: str) -> Builder:
    """The profile in the text, with what was allocated where the program was told to count it. Raises ValueError."""
    head, (body, _, maps) = _HEAD.match(text), text.partition(_MAPS)
    rate = int(head[1]) if head is not None else 0
    rows = [(at, tuple(map(int, hit.groups()))) for at, hit in _stacks(body)]
    space = [("objects", "count"), ("space", "bytes")]
    both = any(row[2] for _, row in rows)
    kinds = ("alloc", "inuse") if both else ("inuse",)
    built = Builder([(f"{kind}_{what}", unit) for kind in kinds for what, unit in space], period=rate)
    built.drop, built.keep = builder.HEAP_DROP, builder.HEAP_KEEP
    built.regions = memorymap.regions(maps.splitlines())
    for addresses, (count, size, made, made_size) in rows:
        pairs = [(made, made_size)] * both + [(count, size)]
        built.add(callers(addresses), [value for pair in pairs for value in unsampled(*pair, rate)])
    return built


def _stacks(body: str) -> list[tuple[str, re.Match[str]]]:
    """Addresses and totals: a stack begins with @, and the line of all threads follows it."""
    found, addresses = [], None
    for line in body.splitlines():
        if line.startswith("@"):
            addresses = line
        elif addresses is not None and (hit := _ALL.match(line)) is not None:
            found.append((addresses, hit))
            addresses = None
    return found
