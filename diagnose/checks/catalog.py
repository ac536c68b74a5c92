"""The catalogue of checks: what each is called, what it asks, and which parameters it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from diagnose.checks.finding import Finding
from diagnose.signals.evidence import Signal

Value = bool | int | float | str | tuple[str, ...]
"""What a parameter of a check can be; numbers are in base units."""


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One parameter of a check: its Python type (tuple: a list of words), default (None: must be given) and base unit.

    `unit` is s, bytes, ratio, cores, per-second, or empty for a plain number; playbooks may write 5m, 100MiB or 90%.
    `choices` are the only texts that are allowed, when there are any.
    """

    type: type[bool] | type[int] | type[float] | type[str] | type[tuple[str, ...]]
    default: Value | None = None
    unit: str = ""
    title: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """What an author of playbooks must know of a check: its name (`area.word`), its question, its parameters."""

    name: str
    title: str
    parameters: Mapping[str, ParameterSpec] = field(default_factory=dict)
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A check that can be run: `run(case, **parameters)` judges the evidence and gives a finding."""

    spec: CheckSpec
    run: Callable[..., Finding]


def catalogue() -> Mapping[str, Check]:
    """All checks by name, those of installed packages last."""
    from diagnose.checks.plugins import installed

    return {**shipped(), **installed().checks}


def shipped() -> Mapping[str, Check]:
    """The checks that ship, by name."""
    from diagnose.checks import (
        dependencies,
        health,
        hotspots,
        kept,
        lifecycle,
        opened,
        own,
        pools,
        reach,
        releases,
        requests,
        resources,
        settings,
        stacks,
        watching,
        words,
    )

    rooms = (
        health,
        watching,
        lifecycle,
        releases,
        settings,
        words,
        requests,
        resources,
        pools,
        dependencies,
        stacks,
        opened,
        hotspots,
        kept,
        reach,
        own,
    )
    return {check.spec.name: check for room in rooms for check in room.CHECKS}
