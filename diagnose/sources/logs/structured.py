"""Records that come as keys and values: JSON objects and logfmt pairs."""

from __future__ import annotations

import re
from typing import Any

from diagnose.sources.logs import levels
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.record import Record, Value
from diagnose.sources.logs.roles import Role, role_of
from diagnose.sources.logs.traces import split_trace

_PAIR = re.compile(r"""([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"?|'[^']*'|[^\s"',;]\S*|)""")
_LEAVES = 64
_DEPTH = 4
_KEYS = 5_000
_ESCAPES = re.compile(r"\\(.)")
_UNESCAPED = {"n": "\n", "t": "\t", "r": "\r"}

Picked = dict[Role, tuple[int, str, Any]]


class FieldReader:
    """Turns keys and values into records; remembers what each key turned out to be."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._roles: dict[str, tuple[Role, int]] = {}

    def read(self, found: dict[str, Any], *, format: str = "json") -> Record:  # noqa: A002
        """The record of one object; its time is None when no key holds one."""
        fields: dict[str, Value] = {}
        picked = self._pick(found, fields)
        if picked is None:
            fields.clear()
            picked = self._pick(flatten(found), fields) or {}
        at = self._time(picked, fields)
        level = _level(picked.get(Role.LEVEL), fields)
        message, trace = _message(picked, fields)
        return Record(at, level, message, fields, trace, format)

    def _pick(self, found: dict[str, Any], fields: dict[str, Value]) -> Picked | None:
        """The winning key of every role; all others go into `fields`. None when the object is nested."""
        picked: Picked = {}
        roles = self._roles
        for key, value in found.items():
            if value.__class__ in _NESTED:
                return None
            role, rank = roles.get(key) or self._learn(key)
            if role is Role.FIELD:
                fields[key] = value
            elif role is not Role.NOISE and value is not None and value != "":
                held = picked.get(role)
                if held is None or rank < held[0]:
                    picked[role] = (rank, key, value)
                    key, value = (held[1], held[2]) if held is not None else ("", None)
                if key and not isinstance(value, dict):
                    fields[key] = value
        return picked

    def _learn(self, key: str) -> tuple[Role, int]:
        if len(self._roles) > _KEYS:
            self._roles.clear()
        self._roles[key] = role_of(key)
        return self._roles[key]

    def _time(self, picked: Picked, fields: dict[str, Value]) -> float | None:
        held = picked.get(Role.TIME)
        if held is None:
            return None
        at = self._clock.value(held[2])
        if at is not None:
            return at
        if not isinstance(held[2], dict):
            fields[held[1]] = held[2]
        others = sorted((rank, key) for key in fields for role, rank in [role_of(key)] if role is Role.TIME)
        return next((at for _, key in others if (at := self._clock.value(fields[key])) is not None), None)


def _level(held: tuple[int, str, Any] | None, fields: dict[str, Value]) -> int:
    if held is None:
        return levels.UNKNOWN
    _, key, value = held
    if isinstance(value, str):
        if value.isdigit():
            return levels.of_number(key, int(value))
        return levels.of_word(value)
    if isinstance(value, int | float):
        if "short_message" in fields or key == "level" and 0 <= value < 8 and "version" in fields and "host" in fields:
            return levels.of_syslog(int(value))
        return levels.of_number(key, value)
    return levels.UNKNOWN


def _message(picked: Picked, fields: dict[str, Value]) -> tuple[str, str]:
    """The message joined with the error text, which is its informative part, and the stack trace."""
    message, trace = split_trace(_text(picked.get(Role.MESSAGE)))
    error, error_trace = split_trace(_text(picked.get(Role.ERROR)))
    if kind := next((fields[key] for key in _KINDS if isinstance(fields.get(key), str)), None):
        error = f"{kind}: {error}" if error and str(kind) not in error else error or str(kind)
    if error and error not in message:
        message = f"{message}: {error}" if message else error
    return message, _text(picked.get(Role.STACK)) or error_trace or trace


_KINDS = ("error.type", "err.name", "exception.type", "err.type", "exception.class", "thrown.name")
_NESTED = (dict, list)


def _text(held: tuple[int, str, Any] | None) -> str:
    if held is None:
        return ""
    value = held[2]
    if isinstance(value, str):
        return value
    return "" if isinstance(value, bool) else str(value)


def flatten(found: dict[str, Any]) -> dict[str, Any]:
    """Nested objects as dotted keys; bounded in depth and number; lists of text or of frames joined by line."""
    flat: dict[str, Any] = {}
    waiting: list[tuple[str, Any, int]] = [("", found, 0)]
    while waiting and len(flat) < _LEAVES:
        prefix, value, depth = waiting.pop()
        if isinstance(value, dict) and depth < _DEPTH and not _is_moment(prefix, value):
            inner = [(f"{prefix}.{key}" if prefix else key, item, depth + 1) for key, item in value.items()]
            waiting.extend(reversed(inner))
        elif isinstance(value, dict):
            flat[prefix] = _Moment(value) if _is_moment(prefix, value) else str(value)[:500]
        elif isinstance(value, list):
            flat[prefix] = _joined(value)
        else:
            flat[prefix] = value
    return flat


class _Moment(dict[str, Any]):
    """An object that is a time stamp; a class of its own so that it does not count as nested."""


def _is_moment(prefix: str, value: dict[str, Any]) -> bool:
    return role_of(prefix)[0] is Role.TIME and any(key in value for key in ("$date", "seconds", "epochSecond"))


def _joined(items: list[Any]) -> str:
    if items and all(isinstance(item, int) and 0 <= item < 256 for item in items):
        return bytes(items).decode("utf-8", "replace")  # journald writes a message with control characters so
    return "\n".join(_frame(item) if isinstance(item, dict) else str(item) for item in items[:200])


def _frame(item: dict[str, Any]) -> str:
    function = item.get("func") or item.get("function") or item.get("name") or item.get("method")
    place = item.get("source") or item.get("file") or item.get("filename")
    if function and place:
        return f"{function}\n\t{place}:{item.get('line') or item.get('lineno') or 0}"
    return str(item)[:300]


def pairs(text: str) -> dict[str, str]:
    """The key=value pairs of logfmt, quotes taken off; the first of a repeated key wins."""
    found: dict[str, str] = {}
    for key, value in _PAIR.findall(text):
        if key not in found:
            found[key] = _unquoted(value) if value[:1] in {'"', "'"} else value
    return found


def _unquoted(value: str) -> str:
    inner = value[1:-1] if len(value) > 1 and value[-1] == value[0] else value[1:]
    return _ESCAPES.sub(lambda found: _UNESCAPED.get(found[1], found[1]), inner) if "\\" in inner else inner
