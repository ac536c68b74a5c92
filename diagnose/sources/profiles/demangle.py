"""Names as linkers write them to names as people do: the plain part of the ways of C++ and Rust.

Without parameters, as pprof prints them. Names with substitutions, operators, generic arguments or impl blocks stay as
they are: their grammar is a language of its own. Sources: Itanium C++ ABI, section 5.1; Rust RFC 2603.
"""

from __future__ import annotations

import re
import string

_HASH = re.compile(r"17h[0-9a-f]{16}")
_LENGTH = re.compile(r"[1-9]\d*")
_STRUCTOR = re.compile(r"[CD][0-5]")
_ESCAPE = re.compile(r"\$(\w{1,4})\$|\.\.")
_CRATE = re.compile(r"_R((?:N[a-zA-Z])*)C")
_ITEM = re.compile(r"(?:s([0-9a-zA-Z]*)_)?(\d+)_?")
_DIGITS = string.digits + string.ascii_lowercase + string.ascii_uppercase
_SIGNS = {
    "SP": "@",
    "BP": "*",
    "RF": "&",
    "LT": "<",
    "GT": ">",
    "LP": "(",
    "RP": ")",
    "C": ",",
}


def demangled(name: str) -> str:
    """The readable name, or the same one where it is not understood."""
    bare = name[1:] if name.startswith("__Z") else name  # linkers of macOS put one more line before it
    if bare.startswith("_ZN"):
        return _nested(bare) or name
    if bare.startswith("_Z"):
        parts, end = _identifiers(bare, 2, most=1)
        tagged = bare.startswith("B", end)
        return "::".join(map(_readable, parts)) if parts and not tagged else name
    return _path(name) or name


def _nested(name: str) -> str:
    """A name within others, up to the E that ends it; empty where there is more in it than identifiers."""
    at = re.compile(r"[rVK]*[RO]?(St)?").match(name, 3)
    start = at.end() if at else 3
    parts, end = _identifiers(name, start)
    structor = _STRUCTOR.match(name, end)
    if not parts or not name.startswith("E", structor.end() if structor else end):
        return ""
    if structor is None and len(parts) > 1 and _HASH.fullmatch(f"17{parts[-1]}"):
        return "::".join(map(_of_rust, parts[:-1]))
    if structor is not None:
        parts.append(("~" if structor[0][0] == "D" else "") + parts[-1])
    return "::".join((["std"] if at and at[1] else []) + list(map(_readable, parts)))


def _path(name: str) -> str:
    """A path of Rust's newer way from its crate on; empty where there is more in it than modules and functions."""
    begun = _CRATE.match(name)
    if begun is None:
        return ""
    parts: list[str] = []
    at = begun.end()
    for space in ["C", *reversed(begun[1][1::2])]:
        hit = _ITEM.match(name, at)
        if hit is None or (at := hit.end() + int(hit[2][:6])) > len(name):
            return ""
        part = name[hit.end() : at]
        parts.append(f"{{closure#{_nth(hit[1])}}}" if space == "C" and parts else part)
    return "::".join(parts) if all(parts) else ""


def _nth(disambiguator: str | None) -> int:
    """Which of several of one name: none is the first, `s_` the second, then digits of base 62."""
    if disambiguator is None:
        return 0
    value = 0
    for digit in disambiguator:
        value = value * 62 + _DIGITS.index(digit)
    return value + 2 if disambiguator else 1


def _identifiers(name: str, at: int, *, most: int = 1000) -> tuple[list[str], int]:
    """Identifiers with their lengths before them, and where they end."""
    found: list[str] = []
    while len(found) < most and (length := _LENGTH.match(name, at)) is not None:
        stop = length.end() + int(length[0][:6])
        if stop > len(name):
            return [], at
        found.append(name[length.end() : stop])
        at = stop
    return found, at


def _readable(part: str) -> str:
    return "(anonymous namespace)" if part.startswith("_GLOBAL__N_") else part


def _of_rust(part: str) -> str:
    plain = part[1:] if part.startswith("_$") else part
    return _ESCAPE.sub(_sign, plain)


def _sign(hit: re.Match[str]) -> str:
    if hit[1] is None:
        return "::"
    code = hit[1]
    if re.fullmatch(r"u[0-9a-f]{1,3}", code) and int(code[1:], 16) >= ord(" "):
        return chr(int(code[1:], 16))
    return _SIGNS.get(code, hit[0])
