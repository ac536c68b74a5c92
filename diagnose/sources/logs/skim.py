"""Objects whose keys no plan can tell the places of: time and level are decoded, and of all else the message's head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple
from zlib import crc32

import msgspec
import numpy as np

from diagnose.sources.logs import levels
from diagnose.sources.logs.digits import Bytes, newlines
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.plans import Keys
from diagnose.sources.logs.roles import ROLES, Role, role_of
from diagnose.sources.logs.scan import BINS, STRANGE, Lines
from diagnose.sources.logs.structured import stated

_BEGINS = 24  # characters of a message by which rare ones are told
_MOST = 10_000
_NONE = float("nan")
_JOURNAL = "__REALTIME_TIMESTAMP"
_FAILURES = (msgspec.DecodeError, UnicodeError, RecursionError)


class _Head(NamedTuple):
    """What is decoded of an object."""

    at: str | float
    level: str | int
    text: str


_STRANGER = _Head("", "", "")
_names = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def learn_keys(lines: Sequence[bytes], reader: LineReader, clock: Clock) -> Keys | None:
    """The keys that most of the sample lines have; None when time and level are not what these say."""
    records = [(line, reader.read(line.decode("utf-8", "replace"))) for line in lines if line[:1] == b"{"]
    named = Counter(keys for line, _ in records if (keys := _keys(line)) is not None)
    if not named:
        return None
    keys, followed = named.most_common(1)[0][0], 0
    skimmer = Skimmer(keys, clock)
    for line, record in records:
        level, time, _ = skimmer.heads([line])
        if level[0] != STRANGE:
            followed += 1
            if record is None or record.format != "json" or (record.level, record.time) != (level[0], time[0]):
                return None
    return keys if followed > len(lines) / 2 else None


def _keys(line: bytes) -> Keys | None:
    """The first keys of time, level and message in the object of a line; None when one is missing."""
    try:
        names = _names(line)
    except _FAILURES:
        return None
    first: dict[Role, tuple[int, str]] = {}
    for name in names:
        role, rank = role_of(name)
        first[role] = min(first.get(role, (rank, name)), (rank, name))
    if not first.keys() >= {Role.TIME, Role.LEVEL, Role.MESSAGE}:
        return None
    return Keys(first[Role.TIME][1], first[Role.LEVEL][1], first[Role.MESSAGE][1])


class Skimmer:
    """Reads time and level of the objects of one file."""

    def __init__(self, keys: Keys, clock: Clock) -> None:
        self._decoder = _decoder(keys)
        self._level = _Levels(keys.level)
        self._second = _Seconds(clock)
        self._clock = clock

    def scan(self, block: Bytes, filled: int, room: Bytes) -> Lines:
        """The whole lines in the first `filled` bytes; as `scan.scan`."""
        ends = newlines(block[:filled], room[: -(-filled // 8) * 8])
        starts = np.empty_like(ends)
        starts[:1], starts[1:] = 0, ends[:-1] + 1
        text = block[: ends[-1]].tobytes() if ends.size else b""
        level, time, begins = self.heads(text.split(b"\n") if ends.size else [])
        return Lines(
            starts, ends, np.array(level, dtype=np.int8), np.array(time), np.array(begins, dtype=np.int64) % BINS
        )

    def heads(self, lines: list[bytes]) -> tuple[list[int], list[float], list[int]]:
        """Level (or STRANGE), Unix time, and a hash of the head of the message of each line."""
        found = self._objects(lines)
        times = [self._time(each.at) for each in found]
        read = [self._level[each.level] for each in found]
        known = [STRANGE if at != at else level for level, at in zip(read, times, strict=True)]  # noqa: PLR0124 - NaN
        return known, times, [crc32(each.text[:_BEGINS].encode("utf-8", "replace")) for each in found]

    def _objects(self, lines: list[bytes]) -> list[Any]:
        try:
            return [*map(self._decoder.decode, lines)]
        except _FAILURES:
            return [self._object(line) for line in lines]

    def _object(self, line: bytes) -> Any:
        try:
            return self._decoder.decode(line) if line[:1] == b"{" else _STRANGER
        except _FAILURES:
            return _STRANGER

    def _time(self, at: str | float) -> float:
        if at.__class__ is str and at[-1:] == "Z" and at[19:20] == "." and at[20:-1].isdigit():
            return self._second[at[:19]] + float(at[19:-1])
        found = self._clock.value(at)
        return _NONE if found is None else found


@lru_cache(maxsize=64)
def _decoder(keys: Keys) -> msgspec.json.Decoder[Any]:
    """Decodes what an object says under the keys; it fails where another key would be asked first."""
    wanted: list[tuple[str, Any, Any]] = [
        ("at", str | int | float, msgspec.field(name=keys.time)),
        ("level", str | int, msgspec.field(name=keys.level)),
        ("text", str, msgspec.field(name=keys.message)),
    ]
    never = Literal["\0"]
    others = {_JOURNAL, "log"} if keys.time == "time" else {_JOURNAL}  # journald's and Docker's hold other records
    asked = sorted((others | _before(keys.time) | _before(keys.level)) - {keys.time, keys.level, keys.message})
    guards = [(f"never{number}", never, msgspec.field(name=name, default="\0")) for number, name in enumerate(asked)]
    return msgspec.json.Decoder(msgspec.defstruct("Head", [*wanted, *guards], gc=False))


def _before(key: str) -> set[str]:
    """Keys of the same role that would be asked before this one, or what they may be nested in."""
    role, rank = role_of(key)
    names = {name.partition(".")[0] for name, found in ROLES.items() if found[0] is role and found[1] <= rank}
    return {each for name in names for each in (name, name.capitalize(), name.upper())}


class _Levels(dict[str | int, int]):
    """Levels by what stands under their key; STRANGE where that does not tell."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, said: str | int) -> int:
        level = stated(self._key, said, {})
        level = STRANGE if level == levels.UNKNOWN else level
        if len(self) < _MOST:
            self[said] = level
        return level


class _Seconds(dict[str, float]):
    """Unix seconds of moments in UTC without their fraction and zone; NaN of what is none."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def __missing__(self, said: str) -> float:
        found = self._clock.text(said + "Z")
        if len(self) >= _MOST:
            self.clear()
        self[said] = _NONE if found is None else found
        return self[said]
