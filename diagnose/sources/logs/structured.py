"""Records that come as keys and values: JSON objects and logfmt pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from diagnose.sources.logs import levels
from diagnose.sources.logs.flags import said_by
from diagnose.sources.logs.flat import flatten
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.record import Record, Value
from diagnose.sources.logs.roles import Role, role_of
from diagnose.sources.logs.traces import joined, split_trace

_SHAPES = 2_000
_GENERIC = frozenset({"Error", "error", "Exception"})
_KINDS = ("error.type", "err.name", "exception.type", "err.type", "exception.class", "thrown.name")
_NESTED = (dict, list)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the keys of one kind of record are, in the order in which they are to be tried; the rest are fields."""

    time: tuple[str, ...]
    level: tuple[str, ...]
    message: tuple[str, ...]
    error: tuple[str, ...]
    stack: tuple[str, ...]
    fields: tuple[str, ...]
    nested: bool = False


class FieldReader:
    """Turns keys and values into records; what the keys mean is worked out once for every set of keys."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shapes: dict[tuple[str, ...], _Shape] = {}

    def read(self, found: dict[str, Any], *, format: str = "json") -> Record:  # noqa: A002
        """The record of one object; its time is None when no key holds one."""
        for value in found.values():
            if value.__class__ in _NESTED:
                found = flatten(found)
                break
        keys = tuple(found)
        shape = self._shapes.get(keys) or self._learn(keys)
        fields = {key: found[key] for key in shape.fields}
        at = None
        for key in shape.time:
            if at is None and (at := self._clock.value(found[key])) is not None:
                continue
            if found[key].__class__ is not dict:
                fields[key] = found[key]
        level = levels.UNKNOWN
        for key in shape.level:
            if level != levels.UNKNOWN or (level := stated(key, found[key], found)) == levels.UNKNOWN:
                fields[key] = found[key]
        return Record(at, level, *_message(shape, found, fields), format)

    def _learn(self, keys: tuple[str, ...]) -> _Shape:
        if len(self._shapes) > _SHAPES:
            self._shapes.clear()
        ranked: dict[Role, list[tuple[int, str]]] = {role: [] for role in Role}
        for key in keys:
            role, rank = role_of(key)
            ranked[role].append((rank, key))
        tried = {role: tuple(key for _, key in sorted(held)) for role, held in ranked.items()}
        self._shapes[keys] = _Shape(
            tried[Role.TIME],
            tried[Role.LEVEL],
            tried[Role.MESSAGE],
            tried[Role.ERROR],
            tried[Role.STACK],
            tuple(key for key in keys if role_of(key)[0] is Role.FIELD),
        )
        return self._shapes[keys]


def stated(key: str, value: object, found: dict[str, Any]) -> int:
    """The level that the value of a key states in a record, UNKNOWN when it states none."""
    if value.__class__ is str:
        if value.isdigit():
            return levels.of_number(key, int(value))
        return levels.of_word(value)
    if isinstance(value, int | float):
        if key == "level" and 0 <= value < 8 and "host" in found and ("short_message" in found or "version" in found):
            return levels.of_syslog(int(value))
        return levels.of_number(key, value)
    return levels.UNKNOWN


def _message(shape: _Shape, found: dict[str, Any], fields: dict[str, Value]) -> tuple[str, dict[str, Value], str]:
    """The message joined with the error text, which is its informative part, the fields, and the stack trace."""
    text = _first(shape.message, found, fields)
    message, trace = split_trace(text) if "\n" in text else (text, "")
    if shape.error:
        error, error_trace = split_trace(_first(shape.error, found, fields))
        kind = next((str(fields[key]) for key in _KINDS if fields.get(key)), "")
        if kind and kind not in _GENERIC and kind not in error:
            error = f"{kind}: {error}" if error else kind
        message = joined(message, error)
        trace = error_trace or trace
    if shape.stack:
        trace = _first(shape.stack, found, fields) or trace
    return message or said_by(fields), fields, trace


def _first(keys: tuple[str, ...], found: dict[str, Any], fields: dict[str, Value]) -> str:
    """The text of the first key that has one; the others stay fields."""
    text = ""
    for key in keys:
        value = found[key]
        if text or value is None or value.__class__ is bool or value == "":
            fields[key] = value
        else:
            text = value if value.__class__ is str else str(value)
    return text
