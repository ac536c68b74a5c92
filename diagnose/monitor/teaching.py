"""What a team's own metrics mean: the `meanings` of diagnose.yaml."""

from __future__ import annotations

import re

from diagnose.playbook.fields import Reader
from diagnose.playbook.marks import Tree
from diagnose.signals.catalogue import Join, Meaning
from diagnose.signals.naming import unit_of
from diagnose.signals.series import Role

_KEYS = {"metric": True, "means": True, "labels": False, "unit": False, "join": False}


def taught(reader: Reader, tree: Tree | None) -> tuple[Meaning, ...]:
    """The lines of a list; what is wrong with one is a problem of the reader, and the line is left out."""
    found = (_meaning(reader, one) for one in reader.items(tree, "meanings"))
    return tuple(line for line in found if line is not None)


def _meaning(reader: Reader, tree: Tree) -> Meaning | None:
    keys = reader.fields(tree, "a meaning", _KEYS)
    name = _expression(reader, keys.get("metric"), "metric")
    role = reader.word(keys.get("means"), "means", Role)
    labels = [
        f"{re.escape(label)}={_expression(reader, value, f'the label {label}')}"
        for label, value in (reader.fields(keys["labels"], "labels") if "labels" in keys else {}).items()
    ]
    join = reader.word(keys.get("join"), "join", Join) or Join.SUM
    if not name or role is None:
        return None
    unit = _unit(reader, keys.get("unit"))
    return Meaning(role, f"(?i:{name})", "&".join(labels), join=join, unit=unit, taught=True)


def _expression(reader: Reader, tree: Tree | None, what: str) -> str:
    text = reader.text(tree, what)
    try:
        re.compile(text)
    except re.error as error:
        if tree is not None:
            reader.wrong(tree.place, "regex", f"{what} is no regular expression: {error}")
        return ""
    return text


def _unit(reader: Reader, tree: Tree | None) -> str:
    text = reader.text(tree, "unit")
    if tree is not None and text and not unit_of(text)[0]:
        reader.wrong(
            tree.place, "unit", f"unit {text!r} is not known; write it like s, ms, bytes, MiB, percent or ratio"
        )
        return ""
    return text
