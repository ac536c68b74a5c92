"""Whether a question fits the catalogue: the check is known, its parameters are, types and units agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from diagnose.checks import plugins
from diagnose.checks.catalog import CheckSpec, ParameterSpec, Value
from diagnose.playbook.expression import OWN
from diagnose.playbook.model import Problem, Question
from diagnose.playbook.nearest import hint

_CLOSES = {")": "(", "]": "[", "}": "{"}
_TOKENS = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|[()\[\]{}"'`]""")
_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", tuple: "a list of words"}


def problems_of(question: Question, catalogue: Mapping[str, CheckSpec]) -> Iterator[Problem]:
    """What an author must correct in one question."""
    spec = catalogue.get(question.check) or next((own for own in OWN.values() if own.name == question.check), None)
    if spec is None:
        yield Problem(question.place, "unknown-check", _unknown(question.check, catalogue))
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


def _unknown(check: str, catalogue: Mapping[str, CheckSpec]) -> str:
    if broken := plugins.installed().broken.get(check):
        return broken
    listed = hint(check, catalogue) or "; `diagnose playbook checks` lists them"
    return f"unknown check {check!r}{listed}"


def _mismatch(question: Question, name: str, spec: ParameterSpec) -> tuple[str, str] | None:
    """A code and a message, None when value and unit fit."""
    value, unit = question.parameters[name], question.units.get(name, "")
    if spec.choices and value not in spec.choices:
        known = ", ".join(spec.choices) + hint(str(value), spec.choices)
        return "wrong-choice", f"parameter {name!r} cannot be {str(value)!r}; expected one of {known}"
    if spec.type in {int, float}:
        return _of_number(name, value, unit, spec)
    if unit:
        return "wrong-type", f"parameter {name!r} must be {_NAMES[spec.type]}; put it in quotes if it is a text"
    if not isinstance(value, spec.type):
        return "wrong-type", f"parameter {name!r} must be {_NAMES[spec.type]}"
    if spec.unit == "promql" and (wrong := unbalanced(str(value))):
        return "wrong-query", f"parameter {name!r} is no PromQL: {wrong}"
    return _of_pattern(name, value) if spec.unit == "regex" and isinstance(value, str) else None


def _of_number(name: str, value: Value, unit: str, spec: ParameterSpec) -> tuple[str, str] | None:
    if unit and unit != spec.unit:
        return "wrong-unit", f"parameter {name!r} is written in {unit}, expected {spec.unit or 'a plain number'}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        in_unit = f" ({spec.unit})" if spec.unit else ""
        return "wrong-type", f"parameter {name!r} must be {_NAMES[spec.type]}{in_unit}"
    if spec.type is int and value != int(value):
        return "wrong-type", f"parameter {name!r} must be a whole number, not {value:g}"
    return None


def unbalanced(promql: str) -> str:
    """What is wrong with the brackets and quotes of a query, empty when they fit; the rest only a server can tell."""
    open_: list[str] = []
    for text in _TOKENS.findall(promql):
        if text in _CLOSES:
            if not open_ or open_.pop() != _CLOSES[text]:
                return f"{text!r} closes nothing"
        elif text in _CLOSES.values():
            open_.append(text)
        elif text in {'"', "'", "`"}:
            return f"{text} opens a text that never ends"
    return f"{open_[-1]!r} is never closed" if open_ else ""


def _of_pattern(name: str, value: str) -> tuple[str, str] | None:
    try:
        re.compile(value)
    except re.error as error:
        return "wrong-pattern", f"parameter {name!r} is no regular expression: {error}"
    return None
