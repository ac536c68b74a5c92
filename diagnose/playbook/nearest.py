"""The hint in an error: which known name was meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(wrong: str, known: Iterable[str]) -> str:
    """The known name that is nearest, empty when none is near."""
    return next(iter(get_close_matches(wrong, sorted(map(str, known)), n=1, cutoff=0.6)), "")


def hint(wrong: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` with the nearest known name, or nothing when none is near."""
    near = nearest(wrong, known)
    return f"; did you mean {near!r}?" if near else ""
