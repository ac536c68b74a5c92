"""Test runs and the catalogue as lines of text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from diagnose.checks.catalog import CheckSpec, ParameterSpec
from diagnose.playbook.model import written
from diagnose.playbook.testing import Coverage, Outcome, TestRun

_TYPES = {bool: "true or false", int: "whole number", float: "number", str: "text", tuple: "list of words"}
_TEXTS = {"regex": "regular expression", "promql": "PromQL"}


def run(result: TestRun) -> str:
    """A line a case, what was wrong under it, and the coverage."""
    lines = [result.playbook, *(line for outcome in result.outcomes for line in _outcome(outcome))]
    return "\n".join([*lines, *_coverage(result.coverage)]) + "\n"


def _outcome(outcome: Outcome) -> Iterator[str]:
    yield f"  {'FAIL' if outcome.wrong else 'ok  '}  {outcome.case.name}"
    for wrong in outcome.wrong:
        yield f"        {outcome.case.place}: {wrong}"


def _coverage(known: Coverage) -> Iterator[str]:
    yield f"  nodes {known.nodes_walked}/{known.nodes}, edges {known.edges_walked}/{known.edges}"
    if known.untried:
        yield "  not walked: " + ", ".join(f"{node} {answer}" for node, answer in known.untried)


def checks(catalogue: Mapping[str, CheckSpec]) -> str:
    """Each check with its question, and a line for each parameter."""
    return "".join(f"{line}\n" for name in sorted(catalogue) for line in _check(catalogue[name]))


def _check(spec: CheckSpec) -> Iterator[str]:
    yield f"{spec.name}  {spec.title}"
    for name, parameter in spec.parameters.items():
        yield f"    {name}: {_parameter(parameter)}"


def _parameter(spec: ParameterSpec) -> str:
    kind = _TEXTS.get(spec.unit) or _TYPES[spec.type] + (f" in {spec.unit}" if spec.unit else "")
    kind += f" ({', '.join(spec.choices)})" if spec.choices else ""
    title = f"  {spec.title}" if spec.title else ""
    if spec.default is None:
        return f"{kind}, must be given{title}"
    if isinstance(spec.default, float) and math.isinf(spec.default):
        return f"{kind}, not looked at when left out{title}"
    return f"{kind}, {written(spec.default)} when left out{title}"
