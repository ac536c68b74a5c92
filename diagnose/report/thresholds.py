"""What a question was measured by: its checks, with the bounds that the playbook or the check's author set."""

from __future__ import annotations

from collections.abc import Mapping

from diagnose.checks.catalog import Check, ParameterSpec, Value
from diagnose.playbook.diagnosis import Asked
from diagnose.report import units
from diagnose.report.text import line


def threshold(test: Asked, checks: Mapping[str, Check]) -> str:
    """One check in words, such as `cpu.jumped: ratio 1.5, 0.05 cores`."""
    spec = checks[test.check].spec if test.check in checks else None
    specs = spec.parameters if spec else {}
    defaults = {name: one.default for name, one in specs.items() if one.default is not None}
    said = [_bound(name, value, specs.get(name)) for name, value in (defaults | dict(test.parameters)).items()]
    told = ", ".join(part for part in said if part)
    return line(f"{test.check}: {told}" if told else test.check, 300)


def _bound(name: str, value: Value, spec: ParameterSpec | None) -> str:
    """A number with its unit, or a word that narrows the question; switches and empty words say nothing."""
    unit = spec.unit if spec else ""
    label = name.removesuffix(f"_{unit}").replace("_", " ")
    match value:
        case bool() | "" | ():
            return label if value else ""
        case int() | float():
            text = units.quantity(value, unit)
            return text if label in text else f"{label} {text}"
        case str():
            return f"{label} {value}"
        case _:
            return f"{label} {', '.join(value)}"
