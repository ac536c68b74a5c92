"""Plans of a file, learned from a sample of its lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from diagnose.sources.logs import levels
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.plans import DIGIT, LITERAL, MINUTE, Variant
from diagnose.sources.logs.record import Record

_STAMP = re.compile(rb"(\d{4}([-/.])\d\d\2\d\d[T ]\d\d:\d\d:\d\d)([.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)?(?![\d:])")
_LEVEL = re.compile(
    rb"(?<![A-Za-z])(?:trace|trc|debug|dbg|info|inf|notice|warn(?:ing)?|wrn|error|err|fatal|ftl|critical|crit|panic)"
    rb"(?![A-Za-z])",
    re.IGNORECASE,
)
_REACH = 96
_MOST = 24
_LEAST = 0.002  # share of the sample that a variant must cover


def learn(lines: Sequence[bytes], reader: LineReader, clock: Clock) -> tuple[Variant, ...]:
    """The variants that sample lines follow, the most frequent first; empty when too few follow any."""
    seen: Counter[Variant] = Counter()
    for line in lines:
        record = reader.read(line.decode("utf-8", "replace"))
        variant = _variant(line, record, clock) if record is not None else None
        if variant is not None:
            seen[variant] += 1
    known = [(variant, count) for variant, count in seen.most_common(_MOST) if count >= max(2, _LEAST * len(lines))]
    if sum(count for _, count in known) <= len(lines) / 2:
        return ()
    found = [variant for variant, _ in known]
    return tuple(dict.fromkeys(found + [_shorter(each, digits) for each in found for digits in _fewer(each.digits)]))


def _fewer(digits: int) -> tuple[int, ...]:
    """How many digits some lines have whose library leaves out zeros at the end of a fraction."""
    return (digits - 1, 0) if digits > 1 else (0,) if digits else ()


def _shorter(variant: Variant, digits: int) -> Variant:
    """The variant with fewer digits in its fraction; without any the point goes too."""
    start = variant.fraction + digits - (digits == 0)
    end = variant.fraction + variant.digits
    cut = end - start
    return replace(
        variant,
        text=variant.text[:start] + variant.text[end:],
        kind=variant.kind[:start] + variant.kind[end:],
        end=variant.end - cut,
        digits=digits,
        word=variant.word - cut if variant.word > end else variant.word,
    )


def _variant(line: bytes, record: Record, clock: Clock) -> Variant | None:
    found = _STAMP.search(line, 0, _REACH)
    if found is None or record.time is None or record.level == levels.UNKNOWN or record.stack or b"\n" in line:
        return None
    if clock.iso(found.group().decode()) != record.time:
        return None
    before = _LEVEL.search(line, 0, found.start())
    if before is not None:
        return _of(line, found, found.end(), level=record.level) if _names(before, record) else None
    after = _LEVEL.search(line, found.end(), found.end() + _REACH)
    return _of(line, found, after.start()) if after is not None and _names(after, record) else None


def _of(line: bytes, found: re.Match[bytes], until: int, *, level: int = -1) -> Variant:
    """The variant of a line with an ISO stamp, looked at up to a place."""
    start, end = found.span()
    digits = max(0, len(found[3] or b"") - 1)
    second, fraction = start + 17, start + 20
    kind = bytearray([LITERAL]) * until
    kind[start:end] = bytes([MINUTE]) * (end - start)
    for at, count in ((second, 2), (fraction, digits)):
        kind[at : at + count] = bytes([DIGIT]) * count
    text = bytes(byte if sort == LITERAL else 48 for byte, sort in zip(line, kind, strict=False))
    return Variant(text, bytes(kind), start, end, second, fraction, digits, until if level < 0 else -1, level)


def _names(found: re.Match[bytes], record: Record) -> bool:
    return levels.of_word(found.group().decode()) == record.level
