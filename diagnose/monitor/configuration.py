"""diagnose.yaml as plain data, with errors that say where and what was expected."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields
from typing import Any

from diagnose.errors import SpecError
from diagnose.signals.window import parse_duration


@dataclass(frozen=True, slots=True)
class Service:
    """One service to watch; `since_s` is how far back a check looks, in seconds."""

    name: str
    prometheus: str = ""
    metrics: str = ""
    select: str = ""
    logs: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    since_s: float = 1800.0


@dataclass(frozen=True, slots=True)
class Configuration:
    """Default sources, and the services that `diagnose check` looks at."""

    prometheus: str = ""
    metrics: str = ""
    select: str = ""
    logs: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()


_TEXTS = ("prometheus", "metrics", "select")
_LISTS = ("logs", "profiles")


def parse(text: str, *, name: str) -> Configuration:
    """The configuration that YAML text holds. Raises SpecError with the file's name and the wrong key."""
    import yaml

    try:
        tree = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise SpecError(f"{place}: not YAML: {getattr(error, 'problem', error)}") from None
    keys = _mapping(tree, name, {field.name for field in fields(Configuration)})
    defaults = _sources(keys, name)
    listed = keys.get("services", [])
    if not isinstance(listed, list):
        raise SpecError(f"{name}: services must be a list of mappings with a name")
    services = tuple(_service(one, defaults, f"{name}: services[{i}]") for i, one in enumerate(listed))
    return Configuration(**defaults, services=services)


def _service(tree: Any, defaults: dict[str, Any], where: str) -> Service:
    known = {"name", "since", *_TEXTS, *_LISTS}
    keys = _mapping(tree, where, known)
    if not isinstance(keys.get("name"), str):
        raise SpecError(f"{where}: a service needs a name")
    since = parse_duration(str(keys["since"])) if "since" in keys else 1800.0
    return Service(name=keys["name"], since_s=since, **(defaults | _given(_sources(keys, where))))


def _given(sources: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sources.items() if value}


def _sources(keys: dict[str, Any], where: str) -> dict[str, Any]:
    texts = {key: _text(keys.get(key, ""), f"{where}: {key}") for key in _TEXTS}
    return texts | {key: _texts(keys.get(key, []), f"{where}: {key}") for key in _LISTS}


def _mapping(tree: Any, where: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise SpecError(f"{where}: expected a mapping with the keys {', '.join(sorted(known))}")
    for key in tree:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"
            raise SpecError(f"{where}: unknown key {key!r}{hint}")
    return tree


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise SpecError(f"{where}: expected text, not {value!r}")
    return value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise SpecError(f"{where}: expected text or a list of texts")
    return tuple(values)
