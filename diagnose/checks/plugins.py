"""Checks that installed packages bring along: functions found through the entry point group `diagnose.checks`."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec, shipped
from diagnose.checks.finding import Finding, unknown
from diagnose.errors import SpecError

GROUP = "diagnose.checks"
UNITS = ("s", "bytes", "ratio", "cores", "per-second", "regex")
_NAME = re.compile(r"(?!own\.)[a-z0-9]+(?:[_-][a-z0-9]+)*(?:\.[a-z0-9]+(?:[_-][a-z0-9]+)*)+")
_TYPES: Mapping[Any, Any] = MappingProxyType({bool: bool, int: int, float: float, str: str, tuple[str, ...]: tuple})


@dataclass(frozen=True, slots=True)
class Plugins:
    """The checks of packages, by name, and for each that cannot be used one line that says why."""

    checks: Mapping[str, Check]
    broken: Mapping[str, str]


def installed() -> Plugins:
    """What the packages of this environment offer; the names of checks that ship cannot be offered again."""
    taken = shipped()
    checks: dict[str, Check] = {}
    broken: dict[str, str] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda one: (one.name, one.value)):
        try:
            if entry.name in checks or entry.name in taken:
                raise SpecError("another check has this name")
            checks[entry.name] = check_of(entry.name, entry.load())
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a package does on import, others go on
            broken[entry.name] = f"the check {entry.name!r} of {_package(entry)} cannot be used: {_told(error)}"
    return Plugins(MappingProxyType(checks), MappingProxyType(broken))


def check_of(name: str, offered: object) -> Check:
    """A check from a function `(case, *, typed parameters) -> Finding`, or a ready one. SpecError says what is wrong.

    The title is the docstring's first line; `Annotated[float, "s"]` gives a parameter's unit, `Literal` its choices.
    """
    if not _NAME.fullmatch(name):
        raise SpecError("its name must be of the form area.word, and not begin with own.")
    if isinstance(offered, Check):
        if offered.spec.name != name:
            raise SpecError(f"it calls itself {offered.spec.name!r}")
        return replace(offered, run=_guarded(name, offered.run))
    if not inspect.isfunction(offered):
        raise SpecError(f"expected a function, found {type(offered).__name__}")
    title = (inspect.getdoc(offered) or name).splitlines()[0]
    return Check(CheckSpec(name, title, _parameters(offered)), _guarded(name, offered))


def _parameters(function: Callable[..., object]) -> dict[str, ParameterSpec]:
    hints = get_type_hints(function, include_extras=True)
    signature = inspect.signature(function).parameters.values()
    positional = [one for one in signature if one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD}]
    named = [one for one in signature if one.kind is one.KEYWORD_ONLY]
    if len(positional) != 1 or len(named) + 1 != len(signature):
        raise SpecError("it must take the case alone, and its parameters by name: def check(case, *, ...)")
    return {one.name: _parameter(one, hints.get(one.name)) for one in named}


def _parameter(parameter: inspect.Parameter, hint: Any) -> ParameterSpec:
    unit, type_ = "", hint
    choices: tuple[str, ...] = ()
    if get_origin(hint) is Annotated:
        type_, unit = get_args(hint)[0], str(get_args(hint)[1])
    if get_origin(type_) is Literal:
        choices, type_ = get_args(type_), str
    type_ = _TYPES.get(type_)
    if type_ is None or not all(isinstance(choice, str) for choice in choices):
        raise SpecError(f"parameter {parameter.name!r} must be bool, int, float, str, tuple[str, ...] or Literal texts")
    if unit and unit not in UNITS:
        raise SpecError(f"parameter {parameter.name!r} has the unit {unit!r}; expected one of {', '.join(UNITS)}")
    if parameter.default is parameter.empty:
        return ParameterSpec(type_, None, unit, choices=choices)
    fits = (int, float) if type_ is float else type_
    if not isinstance(parameter.default, fits) or (isinstance(parameter.default, bool) and type_ is not bool):
        raise SpecError(f"the default of parameter {parameter.name!r} is no {type_.__name__}")
    return ParameterSpec(type_, parameter.default, unit, choices=choices)


def _guarded(name: str, function: Callable[..., object]) -> Callable[..., Finding]:
    """The function, whose failures are unknown answers."""

    @functools.wraps(function)
    def run(*arguments: object, **parameters: object) -> Finding:
        try:
            found = function(*arguments, **parameters)
        except Exception as error:  # noqa: BLE001 - a package's mistake must not end the diagnosis
            return unknown(f"the check {name} failed: {_told(error)}")
        if not isinstance(found, Finding):
            return unknown(f"the check {name} gave no finding but {type(found).__name__}")
        return found

    return run


def _told(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300]
    return text if isinstance(error, SpecError) else f"{type(error).__name__}: {text}".rstrip(": ")


def _package(entry: EntryPoint) -> str:
    return f"the package {entry.dist.name}" if entry.dist else entry.value
