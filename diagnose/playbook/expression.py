"""What a node asks of the data: checks and own queries, joined by all, any and not."""

from __future__ import annotations

from collections.abc import Mapping

from diagnose.checks import own
from diagnose.checks.catalog import CheckSpec, Value
from diagnose.playbook.fields import Keys, Reader
from diagnose.playbook.marks import Items, Scalar, Tree
from diagnose.playbook.model import All, Any, Expression, Not, Place, Question
from diagnose.playbook.quantity import number, quantity

TESTS = ("check", "with", "all", "any", "not", "query", "log", "profile")
PART: Keys = dict.fromkeys(TESTS, False)
OWN: Mapping[str, CheckSpec] = {check.spec.name.removeprefix("own."): check.spec for check in own.CHECKS}
"""An author's own queries by the key that they are written under: each is a question of the check `own.<key>`."""


def test_of(reader: Reader, keys: Mapping[str, Tree], what: str, place: Place) -> Expression | None:
    """The one test among the keys of a node or of a part; None when there is none or it is wrong."""
    kinds = [key for key in keys if key != "with"]
    if len(kinds) > 1:
        named = " and ".join(repr(kind) for kind in kinds)
        reader.wrong(place, "two-tests", f"{what} has {named}; join them with all: or any:")
    if "with" in keys and "check" not in keys:
        reader.wrong(keys["with"].place, "with", f"'with' of {what} belongs to a check; there is none")
    if not kinds:
        return None
    kind, tree = kinds[0], keys[kinds[0]]
    match kind:
        case "check":
            return _check(reader, tree, keys.get("with"), what)
        case "all" | "any":
            parts = _parts(reader, tree, f"{kind} of {what}")
            return (All(parts) if kind == "all" else Any(parts)) if parts else None
        case "not":
            part = _part(reader, tree, f"not of {what}")
            return Not(part) if part else None
        case _:
            return _own(reader, kind, tree, what)


def _parts(reader: Reader, tree: Tree, what: str) -> tuple[Expression, ...]:
    trees = reader.items(tree, what)
    if isinstance(tree, Items) and not trees:
        reader.wrong(tree.place, "empty", f"{what} is empty; name at least one check")
    return tuple(part for part in (_part(reader, item, f"a part of {what}") for item in trees) if part)


def _part(reader: Reader, tree: Tree, what: str) -> Expression | None:
    keys = reader.fields(tree, what, PART)
    if not keys:
        reader.wrong(tree.place, "missing-test", f"{what} asks nothing; expected one of {', '.join(PART)}")
    return test_of(reader, keys, what, tree.place)


def _check(reader: Reader, tree: Tree, given: Tree | None, what: str) -> Question | None:
    name = reader.text(tree, f"check of {what}")
    parameters = reader.fields(given, f"with of {what}") if given else {}
    return _question(reader, name, parameters, tree.place) if name else None


def _own(reader: Reader, kind: str, tree: Tree, what: str) -> Question:
    spec = OWN[kind]
    keys = {name: parameter.default is None for name, parameter in spec.parameters.items()}
    parameters = reader.fields(tree, f"{kind} of {what}", keys)
    if kind == "query" and parameters and not {"above", "below"} & parameters.keys():
        reader.wrong(tree.place, "missing-key", f"query of {what} needs a bound: above or below")
    return _question(reader, spec.name, parameters, tree.place)


def _question(reader: Reader, check: str, parameters: Mapping[str, Tree], place: Place) -> Question:
    values: dict[str, Value] = {}
    units: dict[str, str] = {}
    for name, tree in parameters.items():
        values[name], unit = _value(reader, name, tree)
        if unit:
            units[name] = unit
    return Question(check, values, place, units, {name: tree.place for name, tree in parameters.items()})


def _value(reader: Reader, name: str, tree: Tree) -> tuple[Value, str]:
    if isinstance(tree, Items):
        return reader.texts(tree, f"parameter {name!r}"), ""
    if not isinstance(tree, Scalar):
        reader.wrong(tree.place, "type", f"parameter {name!r} must be a value or a list of words")
        return "", ""
    if not tree.plain:
        return tree.text, ""
    if tree.text in {"true", "false"}:
        return tree.text == "true", ""
    if (plain := number(tree.text)) is not None:
        return plain, ""
    return quantity(tree.text) or (tree.text, "")
