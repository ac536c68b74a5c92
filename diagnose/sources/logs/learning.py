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
from diagnose.sources.logs.stamps import StampFinder

# A date, one with a month's name, klog's behind the letter of its level, and seconds, ms, us or ns since 1970.
_STAMPS = tuple(
    re.compile(pattern)
    for pattern in (
        rb"\d{4}([-/.])\d\d\1\d\d[T ]\d\d:\d\d:(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?"
        rb"(?:Z|[+-]\d\d:?\d\d)?(?![\d:])",
        rb"\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?(?![\d:])",
        rb"\b[IWEF]\d{4} \d\d:\d\d:(?P<second>\d\d)\.(?P<fraction>\d{6})(?!\d)",
        rb"(?<![\w.-])1\d{7}(?P<second>\d\d)\.?(?P<fraction>\d{1,9})?(?![\d.])",
    )
)
_KLOG, _EPOCH = _STAMPS[2:]
_LEVEL = re.compile(
    rb"(?<![A-Za-z])(?:trace|trc|debug|dbg|info|inf|notice|warn(?:ing)?|wrn|error|err|fatal|ftl|critical|crit|panic)"
    rb"(?![A-Za-z])",
    re.IGNORECASE,
)
_KINDS = bytes(DIGIT if 48 <= byte < 58 else LITERAL for byte in range(256))
_ZEROS = bytes(48 if 48 <= byte < 58 else byte for byte in range(256))
_REACH = 96
_MOST = 24
_LEAST = 0.002  # share of the sample that a variant must cover


def learn(lines: Sequence[bytes], reader: LineReader, clock: Clock) -> tuple[Variant, ...]:
    """The variants that sample lines follow, the most frequent first; empty when too few follow any."""
    seen: Counter[Variant] = Counter()
    finder = StampFinder(clock)
    for line in lines:
        record = reader.read(line.decode("utf-8", "replace"))
        variant = _variant(line, record, finder) if record is not None else None
        if variant is not None:
            seen[variant] += 1
    known = [(variant, count) for variant, count in seen.most_common(_MOST) if count >= max(2, _LEAST * len(lines))]
    if sum(count for _, count in known) <= len(lines) / 2:
        return ()
    found = [variant for variant, _ in known]
    return tuple(dict.fromkeys(found + [_shorter(each, digits) for each in found for digits in _fewer(each)]))


def _fewer(variant: Variant) -> tuple[int, ...]:
    """How many digits lines have whose library leaves out last zeros of a fraction; counts of ms have them all."""
    if variant.digits == 0 or variant.fraction == variant.second + 2:
        return ()
    return (variant.digits - 1, 0) if variant.digits > 1 else (0,)


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


def _variant(line: bytes, record: Record, finder: StampFinder) -> Variant | None:
    if record.time is None or record.level == levels.UNKNOWN or record.stack or b"\n" in line:
        return None
    found = next((found for stamp in _STAMPS if (found := stamp.search(line, 0, _REACH)) is not None), None)
    if found is None or found.end() == len(line) or _moment(finder, found) != record.time:
        return None
    if found.re is _KLOG:
        return _of(line, found, found.end() + 1, level=record.level)
    before = _LEVEL.search(line, 0, found.start())
    if before is not None:
        return _of(line, found, found.end() + 1, level=record.level) if _names(before, record) else None
    after = _LEVEL.search(line, found.end(), found.end() + _REACH)
    return _of(line, found, after.start()) if after is not None and _names(after, record) else None


def _moment(finder: StampFinder, found: re.Match[bytes]) -> float | None:
    stamp = finder.find(found.group().decode())
    return stamp.at if stamp is not None and stamp.start == 0 else None


def _of(line: bytes, found: re.Match[bytes], until: int, *, level: int = -1) -> Variant:
    """The variant of a line with a stamp, looked at up to a place behind it; digits outside of the stamp may be any."""
    start, end = found.span()
    second, (fraction, behind) = found.start("second"), found.span("fraction")
    kind, text = (bytearray(line[:until].translate(table)) for table in (_KINDS, _ZEROS))
    digits = start + (found.re is _KLOG)
    kind[digits:end] = bytes([MINUTE]) * (end - digits)
    text[digits:end] = b"0" * (end - digits)
    for at, count in ((second, 2), (fraction, behind - fraction)):
        kind[at : at + count] = bytes([DIGIT]) * count
    word = until if level < 0 else -1
    return Variant(
        bytes(text), bytes(kind), start, end, second, fraction, behind - fraction, word, level, epoch=found.re is _EPOCH
    )


def _names(found: re.Match[bytes], record: Record) -> bool:
    return levels.of_word(found.group().decode()) == record.level
