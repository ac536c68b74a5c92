"""The hint in an error: which known name was meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def hint(wrong: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` with the nearest known name, or nothing when none is near."""
    near = get_close_matches(wrong, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
