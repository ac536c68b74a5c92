"""Function names as pprof prints them: without parameters and template arguments of C++ and its like."""

from __future__ import annotations

import re

from diagnose.sources.profiles.demangle import demangled

_MANGLED = ("_Z", "__Z", "_R")
_CPP = re.compile(r"[<>\[\]]|::")


def simplified(name: str) -> str:
    """The name as it is written in the program, without what stands in round and angle brackets where it is of C++.

    Names such as `Class.<init>` of Java and `pkg.(*T[...]).M` of Go are left alone.
    """
    if name.startswith(_MANGLED):
        return demangled(name)
    if not _CPP.search(name) or ".<" in name or "])." in name:
        return name
    return _without(_without(name, "(", ")"), "<", ">")


def _without(name: str, opening: str, closing: str) -> str:
    """The name without bracketed parts; as it was when the brackets do not match."""
    depth = 0
    out: list[str] = []
    for at, mark in enumerate(name):
        if mark == opening:
            depth += 1
        elif mark == closing:
            depth -= 1
            if depth < 0:
                return "".join(out) + name[at:]
        elif not depth:
            out.append(mark)
    if depth:
        return _unclosed(name, opening, closing, depth)
    return "".join(out)


def _unclosed(name: str, opening: str, closing: str, depth: int) -> str:
    """Parts that are closed go, the rest from the last opening bracket of the outermost level stays."""
    level, start = 0, len(name)
    for at in range(len(name) - 1, -1, -1):
        level += (name[at] == opening) - (name[at] == closing)
        if level == depth:
            start = at
            break
    return _without(name[:start], opening, closing) + name[start:]
