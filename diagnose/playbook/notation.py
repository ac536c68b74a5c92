"""The short notation for series in tests, as promtool has it: `0+1x30` counts up, `_` is missing, `stale` ends."""

from __future__ import annotations

import re

MANY = 20_000
"""Values of one series; more than a window of days holds."""
_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?"
_RUN = re.compile(rf"(?P<first>[+-]?{_NUMBER}|_)(?:(?P<step>[+-]{_NUMBER}))?(?:x(?P<times>\d{{1,6}}))?")
EXAMPLES = "expected numbers, runs such as '0+1x30' or '5x10', '_' or '_x10' for missing ones, or 'stale'"


def values(text: str) -> tuple[float | None, ...]:
    """The values of a series, None where there is none. ValueError says which part is no notation.

    `a+bxn` is a and n more, each b larger; `axn` is a and n more of the same; `_xn` leaves n out.
    """
    found: list[float | None] = []
    for word in text.split():
        found += _run(word)
        if len(found) > MANY:
            raise ValueError(f"more than {MANY} values")
    return tuple(found)


def _run(word: str) -> list[float | None]:
    if word == "stale":
        return [None]
    match = _RUN.fullmatch(word)
    if match is None or (match["first"] == "_" and match["step"]):
        raise ValueError(f"{word!r} is no value; {EXAMPLES}")
    times = min(int(match["times"] or 0), MANY)
    if match["first"] == "_":
        return [None] * (times if match["times"] else 1)
    first, step = float(match["first"]), float(match["step"] or 0.0)
    return [first + step * index for index in range(times + 1)]
