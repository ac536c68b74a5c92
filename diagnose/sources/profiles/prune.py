"""Frames that a profile itself calls uninteresting: allocators, lock internals, the profiler's signal handler."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_NAMED = ("(anonymous namespace)", "operator()")
_NESTED = re.compile(r"\)[*+{]")
_OPEN_ENDED = re.compile(r"[*+}]")


def dropper(drop: str, keep: str) -> Callable[[str], bool] | None:
    """Whether a function is to be dropped, from the profile's two expressions; None when it drops none.

    Expressions that could take for ever (repeated groups, many repeats in one alternative) are not followed, which
    only leaves frames in that the producer finds dull. Raises ValueError when an expression is none.
    """
    if not drop or not (_cheap(drop) and _cheap(keep)):
        return None
    try:
        dropped = re.compile(f"(?:{drop})")
        kept = re.compile(f"(?:{keep})") if keep else None
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"drop_frames is not a regular expression ({error})") from None

    def drops(function: str) -> bool:
        name = _bare(function)
        return bool(name and dropped.fullmatch(name)) and not (kept and kept.fullmatch(name))

    return drops


def _cheap(expression: str) -> bool:
    most = max(len(_OPEN_ENDED.findall(part)) for part in expression.split("|"))
    return len(expression) < 1 << 16 and most <= 3 and not _NESTED.search(expression)


def _bare(function: str) -> str:
    """The name up to its parameters."""
    name = function.removeprefix(".")
    at = name.find("(")
    while at >= 0:
        named = next((known for known in _NAMED if name.startswith(known, at - known.index("("))), None)
        if named is None:
            return name[:at]
        at = name.find("(", at + 1)
    return name


def cut(ranks: Ints, counts: Ints, whole: NDArray[np.bool_], beneath: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Samples, as ranks of locations leaf first, without what lies beneath the first dropped location from the root.

    A location that is dropped as a whole goes too; dropped locations at the root, before any other, stay.
    """
    flagged = (whole | beneath)[ranks]
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    keep = np.ones(len(ranks), dtype=np.bool_)
    for sample in np.unique(np.searchsorted(offsets, np.flatnonzero(flagged), side="right") - 1):
        start, stop = int(offsets[sample]), int(offsets[sample + 1])
        keep[start : _first_kept(ranks[start:stop].tolist(), flagged[start:stop].tolist(), whole) + start] = False
    total = np.concatenate((np.zeros(1, np.int64), np.cumsum(keep)))
    return ranks[keep], np.diff(total[offsets])


def _first_kept(ranks: Sequence[int], flagged: Sequence[bool], whole: NDArray[np.bool_]) -> int:
    seen = False
    for i in range(len(ranks) - 1, -1, -1):
        if not flagged[i]:
            seen = True
        elif seen:
            return i + 1 if whole[ranks[i]] else i
    return 0
