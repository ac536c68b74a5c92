"""Reading a YAML tree into values: what is wrong is collected with its place, and reading goes on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from diagnose.playbook.marks import Fields, Items, Scalar, Tree
from diagnose.playbook.model import Place, Problem
from diagnose.playbook.nearest import hint, nearest

Word = TypeVar("Word", bound=StrEnum)
Keys = Mapping[str, bool]
"""The keys that a mapping may have, and whether each must be there."""


class Reader:
    """Takes trees apart; `problems` holds what was wrong so far, and every method gives a usable value regardless."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, place: Place, code: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(place, code, message))

    def fields(self, tree: Tree, what: str, keys: Keys | None = None) -> dict[str, Tree]:
        """A mapping by key; with `keys`, a key outside them or a missing one is a problem."""
        if not isinstance(tree, Fields):
            self.wrong(tree.place, "type", f"{what} must be a mapping (key: value)")
            return {}
        found: dict[str, Tree] = {}
        meant: set[str] = set()
        for key, value in tree.pairs:
            if keys is not None and key.text not in keys:
                meant.add(self._unknown(key, what, keys))
            elif key.text in found:
                self.wrong(key.place, "duplicate", f"{key.text!r} stands twice in {what}; remove one")
            else:
                found[key.text] = value
        for name in (name for name, needed in (keys or {}).items() if needed and name not in {*found, *meant}):
            self.wrong(tree.place, "missing-key", f"{what} needs the key {name!r}")
        return found

    def _unknown(self, key: Scalar, what: str, keys: Collection[str]) -> str:
        """Note an unknown key; the key that was probably meant, or nothing."""
        expected = f"expected one of {', '.join(keys)}" + hint(key.text, keys)
        self.wrong(key.place, "unknown-key", f"unknown key {key.text!r} in {what}; {expected}")
        return nearest(key.text, keys)

    def text(self, tree: Tree | None, what: str) -> str:
        """A text that is not empty; an absent one is empty and no problem."""
        if tree is None:
            return ""
        if not isinstance(tree, Scalar) or not tree.text.strip():
            self.wrong(tree.place, "type", f"{what} must be a text that is not empty")
            return ""
        return " ".join(tree.text.split()) if tree.plain else tree.text.strip()

    def items(self, tree: Tree | None, what: str) -> tuple[Tree, ...]:
        """The parts of a list; an absent one has none."""
        if tree is None:
            return ()
        if not isinstance(tree, Items):
            self.wrong(tree.place, "type", f"{what} must be a list (- ...)")
            return ()
        return tree.items

    def texts(self, tree: Tree | None, what: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self.text(item, f"an entry of {what}") for item in self.items(tree, what))

    def word(self, tree: Tree | None, what: str, words: type[Word]) -> Word | None:
        """One of an enumeration's words; None when it is absent or another."""
        text = self.text(tree, what)
        if tree is None or not text:
            return None
        try:
            return words(text)
        except ValueError:
            expected = ", ".join(words) + hint(text, words)
            self.wrong(tree.place, "unknown-word", f"{what} cannot be {text!r}; expected one of {expected}")
            return None
