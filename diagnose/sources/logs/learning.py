"""Plans of a file, learned from a sample of its lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from diagnose.sources.logs import levels
from diagnose.sources.logs.lines import WRAPPED, LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.plans import ASKED, DIGIT, LITERAL, MINUTE, Plan, Variant
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.request_fields import is_status, kind_of
from diagnose.sources.logs.roles import Role, role_of
from diagnose.sources.logs.skim import learn_keys
from diagnose.sources.logs.stamps import StampFinder

# A date, one with a month's name, that of access logs, klog's behind its letter, and seconds, ms, us or ns since 1970;
# Tomcat's, java.util.logging's, with slashes, without separators, without a year, and a clock alone.
_STAMPS = tuple(
    re.compile(pattern)
    for pattern in (
        rb"\d{4}([-/.])\d\d\1\d\d[T ]\d\d:\d\d:(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?"
        rb"(?:Z|[+-]\d\d:?\d\d)?(?![\d:])",
        rb"\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?(?![\d:])",
        rb"\b\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))? [+-]\d{4}",
        rb"\b[IWEF]\d{4} \d\d:\d\d:(?P<second>\d\d)\.(?P<fraction>\d{6})(?!\d)",
        rb"(?<![\w.-])1\d{7}(?P<second>\d\d)\.?(?P<fraction>\d{1,9})?(?![\d.])",
        rb"\b\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?(?![\d:])",
        rb"\b[A-Z][a-z]{2} \d\d?, \d{4} \d\d?:\d\d:(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?(?: [AP]M)?(?![\w:])",
        rb"(?<![\d/])\d\d?/\d\d?/(?:\d{4}|\d\d),? \d\d?:\d\d:(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?"
        rb"(?: [AP]M)?(?![\w:])",
        rb"(?<!\d)(?:\d{8}T|\d{6} )\d{4}(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?Z?(?!\w)",
        rb"(?<![\d.-])\d\d[.-]\d\d \d\d:\d\d:(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?(?![\d:])",
        rb"^\d\d:\d\d:(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?(?![\d:])",
    )
)
_KLOG, _EPOCH = _STAMPS[3:5]
_LEVEL = re.compile(
    rb"(?<![A-Za-z])(?:trace|trc|debug|dbg|info|inf|notice|warn(?:ing)?|wrn|error|err|fatal|ftl|critical|crit|panic|"
    rb"(?-i:LOG)(?=:))(?![A-Za-z])",
    re.IGNORECASE,
)
_KINDS = bytes(DIGIT if 48 <= byte < 58 else LITERAL for byte in range(256))
_ZEROS = bytes(48 if 48 <= byte < 58 else byte for byte in range(256))
_OPENS = re.compile(rb'"[\w@.-]+": ?"?$| \[$')
_BADGE = re.compile(rb'("[\w@.-]+": ?"?)([A-Za-z]{3,}(?=")|[1-6]0(?=[,}]))')
_NUMBERED = re.compile(rb'^<\d|(?:level|severity|priority|lvl)\w*"?[:=] ?"?\d', re.IGNORECASE)
_ENVELOPE = re.compile(rb'"log": ?".*"stream"|"stream".*"log": ?"|^\S+ (?:stdout|stderr) [FP] |^\S+ +\| |__REALTIME')
# A whole line of a container behind which Docker's own stamp stands, if it is a record: other lines may go on with one.
_DOCKER = re.compile(rb'(\{"log":"(?:\d{4}-|\{)).*(\\n","stream":"\w+","time":")(?=[^"]+"\}$)')
_ASKED = re.compile(rb'"[A-Z]+ [^"]*" [1-5]\d\d\b')
_ANSWER = b'" '
_FLAGS = re.compile(rb'"response_flags": ?"')
_REACH = 400
_MOST = 24
_LEAST = 0.002  # share of the sample that a variant must cover
_OFTEN = 0.1  # share from which on a firm variant is worth its time beside looser ones
_NEARLY = 0.98
_FEW = 12
_Stamped = tuple[bytes, Record, re.Match[bytes]]


def learn(lines: Sequence[bytes], reader: LineReader, clock: Clock, every: int) -> Plan | None:
    """The plan that sample lines follow, the most frequent variants first; None when too few follow any."""
    records = [(line, record) for line in lines if (record := reader.read(line.decode("utf-8", "replace"))) is not None]
    stamped = [*_stamped(records, StampFinder(clock))]
    firm = [_firm(*each) for each in stamped]
    found, variants = firm, _covering(firm, len(lines))
    if not variants:
        loose = [_loose(*each) for each in stamped]
        found, variants = firm + loose, _chosen(firm, loose, len(lines))
    keys = None if variants else learn_keys(lines, reader, clock)
    if not variants and keys is None:
        return None
    shorter = [_shorter(each, digits) for each in variants for digits in _fewer(each)]
    first = sorted({found.index(variant) % len(stamped) for variant in variants})
    outcome = _most(_outcome(*each[:2]) for each in (stamped if variants else records))
    return Plan(
        variants=tuple(dict.fromkeys(variants + shorter)),
        every=every,
        outcome=outcome,
        requests=outcome == _ANSWER,
        samples=tuple(dict.fromkeys(stamped[index][0] for index in first)),
        keys=keys,
        flags=_most(_flags(line) for line, _ in records),
        fields=frozenset(name for _, record in records for name in record.fields),
    )


def _flags(line: bytes) -> bytes:
    """The bytes before Envoy's flags, empty without any."""
    found = _FLAGS.search(line)
    return found.group() if found is not None else b""


def _most(before: Iterable[bytes]) -> bytes:
    """The bytes that stand before something in most lines that have it, empty without any."""
    counts = Counter(before)
    return max(counts, key=lambda each: (bool(each), counts[each]))


def _stamped(records: Iterable[tuple[bytes, Record]], finder: StampFinder) -> Iterator[_Stamped]:
    """The lines that are records, with what is read of them and their stamps."""
    for line, record in records:
        found = _stamp(line, record, finder)
        if found is not None:
            yield line, record, found


def _frequent(counts: Counter[Variant | None], lines: int) -> list[Variant]:
    counts = +counts
    del counts[None]
    return [each for each, count in counts.most_common(_MOST) if each is not None and count >= max(2, _LEAST * lines)]


def _covering(firm: Sequence[Variant | None], lines: int) -> list[Variant]:
    """The firm variants when few cover nearly all lines."""
    counts = Counter(firm)
    found = _frequent(counts, lines)
    few = len(found) <= _FEW and sum(counts[variant] for variant in found) >= _NEARLY * len(firm)
    return found if few else []


def _chosen(firm: Sequence[Variant | None], loose: Sequence[Variant | None], lines: int) -> list[Variant]:
    """The frequent firm variants, and looser ones for the rest."""
    counts = Counter(firm)
    found = _frequent(counts, lines)
    often = [variant for variant in found if counts[variant] >= _OFTEN * lines]
    others = Counter(rest for tight, rest in zip(firm, loose, strict=True) if tight not in often)
    rest = _frequent(others, lines)
    if sum(counts[variant] for variant in often) + sum(others[variant] for variant in rest) > lines / 2:
        return often + rest
    return found if sum(counts[variant] for variant in found) > lines / 2 else []


def _outcome(line: bytes, record: Record) -> bytes:
    """The bytes before the status of a request, empty without one."""
    if record.format == "access" and _ASKED.match(line[line.find(b'"') :]) is not None:
        return _ANSWER
    for name, value in record.fields.items():
        if kind_of(name)[0] == "status" and is_status(name, value):
            found = re.search(re.escape(name.encode()) + rb'"?[:=] ?"?(?=%s)' % str(value).encode(), line)
            return found.group() if found is not None else b""
    return b""


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


def _stamp(line: bytes, record: Record, finder: StampFinder) -> re.Match[bytes] | None:
    """The stamp of a record in its line."""
    if record.time is None or record.stack:
        return None
    docker = _DOCKER.match(line)
    head = docker.end() if docker is not None else 0
    found = next((found for stamp in _STAMPS if (found := stamp.search(line, head, head + _REACH)) is not None), None)
    if found is None or found.end() == len(line) or _moment(finder, found) != record.time:
        return None
    return found


def _firm(line: bytes, record: Record, found: re.Match[bytes]) -> Variant | None:
    """The variant of a line whose level stands at a fixed place."""
    if record.level == levels.UNKNOWN or _DOCKER.match(line) is not None:
        return None
    if found.re is _KLOG:
        return _of(line, found, found.end() + 1, level=record.level)
    before = _LEVEL.search(line, 0, found.start())
    if before is not None:
        return _of(line, found, found.end() + 1, level=record.level) if _names(before, record) else None
    after = _LEVEL.search(line, found.end(), found.end() + _REACH)
    return _of(line, found, after.start()) if after is not None and _names(after, record) else None


def _loose(line: bytes, record: Record, found: re.Match[bytes]) -> Variant | None:
    """The variant of a line whose stamp or level may stand anywhere, or whose level only its text tells."""
    anchor, badge, docker = b"", _badge(line, record), _DOCKER.match(line)
    if docker is not None and record.format not in WRAPPED:
        anchor, badge = docker[2], b""
    elif (found.start() or line[:1] == b"{") and (opens := _OPENS.search(line, 0, found.start())) is not None:
        anchor = opens.group()
    level = -1 if badge else ASKED
    if (
        (docker is None and _ENVELOPE.search(line))
        or not (badge or _worded(line, record))
        or (anchor and line.count(anchor) > 1)
    ):
        return None
    if not anchor and found.start():
        return None
    cut = found.start() - len(anchor)
    whole = _of(line, found, found.end() + 1, level=level)
    return replace(
        whole,
        text=whole.text[cut:],
        kind=whole.kind[cut:],
        start=whole.start - cut,
        end=whole.end - cut,
        second=whole.second - cut,
        fraction=whole.fraction - cut,
        word=0 if badge else -1,
        lead=docker[1] if docker is not None else b"{" if anchor and line[:1] == b"{" else b"",
        anchor=anchor,
        badge=badge,
    )


def _badge(line: bytes, record: Record) -> bytes:
    """The key before the level of an object, empty when it has none or more than one."""
    keys = [found for found in _BADGE.finditer(line) if _states(found, record)] if line[:1] == b"{" else []
    return keys[0][1] if len(keys) == 1 and line.count(keys[0][1]) == 1 else b""


def _states(found: re.Match[bytes], record: Record) -> bool:
    said = found[2].decode()
    role = role_of(found[1].split(b'"')[1].decode())[0]
    level = levels.of_number("level", int(said)) if said.isdigit() else levels.of_word(said)
    return role is Role.LEVEL and level == record.level != levels.UNKNOWN


def _worded(line: bytes, record: Record) -> bool:
    """Whether it is words that tell the level of a line, not numbers, which keys of lines do not hold."""
    if _NUMBERED.search(line) is not None:
        return False
    return record.level == levels.UNKNOWN or any(_names(found, record) for found in _LEVEL.finditer(line))


def _moment(finder: StampFinder, found: re.Match[bytes]) -> float | None:
    stamp = finder.find(found.group().decode())
    return stamp.at if stamp is not None and stamp.start == 0 else None


def _of(line: bytes, found: re.Match[bytes], until: int, *, level: int = -1) -> Variant:
    """The variant of a line with a stamp, looked at up to a place behind it; digits outside of the stamp may be any."""
    start, end = found.span()
    second, (fraction, behind) = found.start("second"), found.span("fraction")
    if fraction < 0:
        fraction = behind = second + 3
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
