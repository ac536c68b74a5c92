"""Whether a question fits the catalogue: the check is known, its parameters are, types and units agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from diagnose.checks.catalog import CheckSpec, ParameterSpec
from diagnose.playbook.expression import OWN
from diagnose.playbook.model import Problem, Question
from diagnose.playbook.nearest import hint

_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", tuple: "a list of words"}


def problems_of(question: Question, catalogue: Mapping[str, CheckSpec]) -> Iterator[Problem]:
    """What an author must correct in one question."""
    spec = catalogue.get(question.check) or next((own for own in OWN.values() if own.name == question.check), None)
    if spec is None:
        listed = hint(question.check, catalogue) or "; `diagnose playbook checks` lists them"
        yield Problem(question.place, "unknown-check", f"unknown check {question.check!r}{listed}")
        return
    for name in question.parameters:
        place = question.places.get(name, question.place)
        if name not in spec.parameters:
            takes = f"it takes {', '.join(spec.parameters)}" if spec.parameters else "it takes none"
            near = hint(name, spec.parameters)
            yield Problem(place, "unknown-parameter", f"unknown parameter {name!r} of {spec.name}; {takes}{near}")
        elif wrong := _mismatch(question, name, spec.parameters[name]):
            yield Problem(place, *wrong)
    for name, parameter in spec.parameters.items():
        if parameter.default is None and name not in question.parameters:
            yield Problem(question.place, "missing-parameter", f"{spec.name} needs the parameter {name!r}")


def _mismatch(question: Question, name: str, spec: ParameterSpec) -> tuple[str, str] | None:
    """A code and a message, None when value and unit fit."""
    value, unit = question.parameters[name], question.units.get(name, "")
    numeric = spec.type in {int, float}
    if unit and not numeric:
        return "wrong-type", f"parameter {name!r} must be {_NAMES[spec.type]}; put it in quotes if it is a text"
    if unit and unit != spec.unit:
        return "wrong-unit", f"parameter {name!r} is written in {unit}, expected {spec.unit or 'a plain number'}"
    if numeric and isinstance(value, (int, float)) and not isinstance(value, bool):
        if spec.type is int and value != int(value):
            return "wrong-type", f"parameter {name!r} must be a whole number, not {value:g}"
        return None
    if not isinstance(value, spec.type) or (numeric and isinstance(value, bool)):
        return "wrong-type", f"parameter {name!r} must be {_NAMES[spec.type]}" + (
            f" ({spec.unit})" if spec.unit else ""
        )
    return None
