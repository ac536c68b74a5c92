"""Nested objects and key=value text to one flat level of keys."""

from __future__ import annotations

import re
from typing import Any

from diagnose.sources.logs.roles import Role, role_of

_PAIR = re.compile(r"""([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"?|'[^']*'|[^\s"',;]\S*|)""")
_LEAVES = 64
_DEPTH = 4
_MOMENT = frozenset({"$date", "seconds", "epochSecond"})
_ESCAPES = re.compile(r"\\(.)")
_UNESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def flatten(found: dict[str, Any]) -> dict[str, Any]:
    """Nested objects as dotted keys; bounded in depth and number; lists of text or of frames joined by line.

    An object that is a moment ({"$date": ..}, {"seconds": ..}) stays whole.
    """
    flat: dict[str, Any] = {}
    _into(flat, "", found, 0)
    return flat


def _into(flat: dict[str, Any], prefix: str, found: dict[str, Any], depth: int) -> None:
    for name, value in found.items():
        key = prefix + name
        kind = value.__class__
        if kind is not dict:
            flat[key] = value if kind is not list else _joined(value)
        elif _is_moment(key, value):
            flat[key] = value
        elif depth < _DEPTH:
            _into(flat, key + ".", value, depth + 1)
        else:
            flat[key] = str(value)[:500]
        if len(flat) >= _LEAVES:
            return


def _is_moment(key: str, value: dict[str, Any]) -> bool:
    return not _MOMENT.isdisjoint(value) and role_of(key)[0] is Role.TIME


def _joined(items: list[Any]) -> str:
    if items and all(item.__class__ is int and 0 <= item < 256 for item in items):
        return bytes(items).decode("utf-8", "replace")  # journald writes a message with control characters so
    return "\n".join(_frame(item) if item.__class__ is dict else str(item) for item in items[:200])


def _frame(item: dict[str, Any]) -> str:
    function = item.get("func") or item.get("function") or item.get("name") or item.get("method")
    place = item.get("source") or item.get("file") or item.get("filename")
    if function and place:
        return f"{function}\n\t{place}:{item.get('line') or item.get('lineno') or 0}"
    return str(item)[:300]


def pairs(text: str) -> dict[str, Any]:
    """The key=value pairs of logfmt, quotes taken off; the first of a repeated key wins."""
    found = dict(reversed(_PAIR.findall(text)))
    for key, value in found.items():
        if value[:1] in _QUOTES:
            found[key] = _unquoted(value)
    return found


_QUOTES = frozenset({'"', "'"})
_HALF = re.compile(r'"([\w.@/-]+)"\s*:\s*("(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*|true|false|null)')


def salvaged(text: str) -> dict[str, Any]:
    """Keys and scalar values of an object that breaks off or is malformed."""
    found = dict(reversed(_HALF.findall(text)))
    return {key: _unquoted(value) if value[0] == '"' else value for key, value in found.items()}


def _unquoted(value: str) -> str:
    inner = value[1:-1] if len(value) > 1 and value[-1] == value[0] else value[1:]
    return _ESCAPES.sub(lambda found: _UNESCAPED.get(found[1], found[1]), inner) if "\\" in inner else inner
