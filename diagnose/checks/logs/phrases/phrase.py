"""One row of the table."""

from __future__ import annotations

from dataclasses import dataclass

SAID = (
    r"(?:status(?: code)?|code|http|error|returned|said|got|received|responded with|answered(?: with)?|"
    r"replied(?: with)?)\W{0,3}(?:http )?(?:status )?"
)
"""Words before a status code that an upstream answered with."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Messages that match one of `words` (case-insensitive regular expressions) name `cause`, as `source` writes them.

    `weight` 0..1 is how surely the words alone mean that cause; `unless` are words that take the meaning back.
    """

    id: str
    cause: str
    weight: float
    source: str
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
