"""What lines of a file look like byte by byte, learned from a sample, so that most of them need no parsing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from diagnose.sources.logs import levels
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.record import Record

_STAMP = re.compile(rb"(\d{4}([-/.])\d\d\2\d\d[T ]\d\d:\d\d:\d\d)([.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)?(?![\d:])")
_LEVEL = re.compile(
    rb"(?<![A-Za-z])(?:trace|debug|info|notice|warn(?:ing)?|error|err|fatal|critical|crit|panic)(?![A-Za-z])",
    re.IGNORECASE,
)
_REACH = 96
_MOST = 24
_LEAST = 0.002  # share of the sample that a variant must cover


@dataclass(frozen=True, slots=True)
class Variant:
    """Lines that are equal but for digits and the level: `prefix`, time stamp, fraction, `between`, level.

    The stamp is 19 characters with `date` and `gap` as separators; `fraction` counts the digits behind `point`;
    `between` starts with the zone and ends where the level word does. Without `between` the level stands in the
    prefix and is always `level`.
    """

    prefix: bytes
    date: bytes
    gap: bytes
    point: bytes
    fraction: int
    zone: str
    between: bytes
    level: int = -1

    @property
    def length(self) -> int:
        """How many bytes of a line are looked at."""
        return len(self.prefix) + 19 + len(self.point) + self.fraction + len(self.between) + 4


def learn(lines: Sequence[bytes], reader: LineReader, clock: Clock) -> tuple[Variant, ...]:
    """The variants that sample lines follow, the most frequent first; empty when too few follow any."""
    seen: Counter[Variant] = Counter()
    for line in lines:
        record = reader.read(line.decode("utf-8", "replace"))
        variant = _variant(line, record, clock) if record is not None else None
        if variant is not None:
            seen[variant] += 1
    known = [(variant, count) for variant, count in seen.most_common(_MOST) if count >= max(2, _LEAST * len(lines))]
    return tuple(variant for variant, _ in known) if sum(count for _, count in known) > len(lines) / 2 else ()


def _variant(line: bytes, record: Record, clock: Clock) -> Variant | None:
    found = _STAMP.search(line, 0, _REACH)
    if found is None or record.time is None or record.level == levels.UNKNOWN or record.stack or b"\n" in line:
        return None
    text = found.group().decode()
    if clock.iso(text) != record.time:
        return None
    point, zone = found[3] or b"", found[4] or b""
    prefix, start = line[: found.start()], found.end() - len(zone)
    fixed = (found[2], line[found.start() + 10 : found.start() + 11], point[:1], max(0, len(point) - 1), zone.decode())
    before = _LEVEL.search(prefix)
    if before is not None:
        return Variant(prefix, *fixed, zone, record.level) if _names(before, record) else None
    after = _LEVEL.search(line, start, start + _REACH)
    if after is None or not _names(after, record):
        return None
    return Variant(prefix, *fixed, line[start : after.start()])


def _names(found: re.Match[bytes], record: Record) -> bool:
    return levels.of_word(found.group().decode()) == record.level
