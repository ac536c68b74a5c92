"""Legacy heap and contention profiles of a JVM, which name their own locations."""

from __future__ import annotations

import posixpath
import re

from diagnose.sources.profiles.legacy import builder
from diagnose.sources.profiles.legacy.builder import Builder
from diagnose.sources.profiles.legacy.textual import unsampled

_SAMPLE = re.compile(r" *(\d+) +(\d+) +@ +([ x0-9a-f]*)")
_ADDRESS = re.compile(r"0x([0-9a-fA-F]{1,16})\s")
_HEX = re.compile(r"0x[0-9a-f]+")
_RATE = 512 << 10


def recognises(head: str) -> bool:
    """Whether this opens such a profile."""
    lines = head.splitlines()
    return bool(lines) and lines[0].strip() in ("--- heapz 1 ---", "--- contentionz 1 ---") and _is_java(lines)


def _is_java(lines: list[str]) -> bool:
    return lines[0].strip().startswith("--- heapz") or any(line.strip() == "format = java" for line in lines[1:8])


def read(text: str) -> Builder:
    """The profile in the text. Raises ValueError on a line that breaks the format."""
    lines = text.splitlines()
    heap = lines[0].strip().startswith("--- heapz")
    said: dict[str, str] = {}
    at = 1
    while at < len(lines) and (not lines[at].strip() or "=" in lines[at]):
        name, _, value = lines[at].partition("=")
        said[name.strip()] = value.strip()
        at += 1
    unit = said.get("resolution", "bytes" if heap else "nanoseconds")
    names = ("inuse_objects", "inuse_space") if heap else ("contentions", "delay")
    built = Builder([(names[0], "count"), (names[1], unit)])
    built.drop, built.keep = (builder.HEAP_DROP, builder.HEAP_KEEP) if heap else (builder.LOCK_DROP, "")
    built.period = int(said.get("sampling period", "0"))
    built.duration_ns = int(said.get("ms since reset", "0")) * 1_000_000
    for line in lines[at:]:
        if not line.strip():
            continue
        hit = _SAMPLE.match(line)
        if hit is None:
            break
        built.add([int(address, 16) for address in _HEX.findall(hit[3])], _values(hit, built.period, heap=heap))
    locate(built, text)
    return built


def _values(hit: re.Match[str], period: int, *, heap: bool) -> list[int]:
    size, count = int(hit[1]), int(hit[2])
    if heap:
        if count == 0:
            raise ValueError(f"a heap sample counts no objects: {hit[0].strip()[:60]!r}")
        return list(unsampled(count, size, _RATE))
    return [count * (period or 1), size * (period or 1)]


def locate(built: Builder, text: str) -> None:
    """Give the addresses the names that the profile lists behind its samples."""
    for line in text.splitlines():
        bare = line.strip()
        hit = _ADDRESS.match(bare)
        if hit is not None:
            built.symbols[int(hit[1], 16)] = _symbol(bare[hit.end() :].strip())


def _symbol(name: str) -> tuple[str, str, int]:
    """`Class.method (File.java:12)`, `function (/path/library.so)`, or a name of the JVM's own such as GC."""
    function, _, place = name.removesuffix(")").rpartition("(")
    if not name.endswith(")") or not function[-1:].isspace():
        return "STUB" if "generated stub/JIT" in name else name, "", 0
    file, colon, number = place.rpartition(":")
    if colon and file and number.removeprefix("-").isdigit():
        return function.strip(), file, max(int(number), 0)
    return function.strip(), posixpath.basename(place), 0
