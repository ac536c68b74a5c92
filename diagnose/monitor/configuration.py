"""diagnose.yaml as plain data, with errors that say where and what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from diagnose.errors import SpecError, UsageError
from diagnose.monitor.teaching import taught
from diagnose.playbook.fields import Reader
from diagnose.playbook.marks import Items, Scalar, Tree, parse
from diagnose.signals.catalogue import Meaning
from diagnose.signals.window import parse_duration

DEFAULT_SINCE_S = 1800.0


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look, as the options of `diagnose incident` say it."""

    prometheus: str = ""
    metrics: str = ""
    select: str = ""
    logs: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    repo: str = ""
    dependencies: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = ()


@dataclass(frozen=True, slots=True)
class Service(Sources):
    """One service to watch; `since_s` is how far back a check looks, in seconds."""

    name: str = ""
    since_s: float = DEFAULT_SINCE_S


@dataclass(frozen=True, slots=True)
class Configuration(Sources):
    """Default sources, and the services that `diagnose check` looks at."""

    services: tuple[Service, ...] = ()


_SOURCES = dict.fromkeys(
    ("prometheus", "metrics", "select", "logs", "profiles", "changes", "repo", "dependencies", "meanings"), False
)
_Given = TypeVar("_Given", bound=Sources)


def read(text: str, *, file: str) -> Configuration:
    """The configuration that YAML text holds; relative paths start at the file's folder, as in other tools.

    Raises SpecError: one line with file, line and column.
    """
    if all(line.lstrip().startswith("#") or not line.strip() for line in text.splitlines()):
        return Configuration()
    reader, folder = Reader(), Path(file).parent
    keys = reader.fields(parse(text, file=file), "the configuration", _SOURCES | {"services": False})
    defaults = _sources(reader, keys, Configuration(), folder)
    listed = reader.items(keys.get("services"), "services")
    services = tuple(_service(reader, one, defaults, folder) for one in listed)
    _refuse_twins(reader, listed, services)
    if reader.problems:
        first, more = min(reader.problems), len(reader.problems) - 1
        raise SpecError(f"{first}" + (f" (and {more} more)" if more else ""))
    return replace(defaults, services=services)


def _service(reader: Reader, tree: Tree, defaults: Configuration, folder: Path) -> Service:
    keys = reader.fields(tree, "a service", _SOURCES | {"name": True, "since": False})
    inherited = Service(**{name: getattr(defaults, name) for name in _SOURCES})
    if {"prometheus", "metrics"} & set(keys):
        inherited = replace(inherited, prometheus="", metrics="")
    name, since_s = reader.text(keys.get("name"), "name"), _since(reader, keys.get("since"))
    return replace(_sources(reader, keys, inherited, folder), name=name, since_s=since_s)


def _sources(reader: Reader, keys: Mapping[str, Tree], inherited: _Given, folder: Path) -> _Given:
    if "prometheus" in keys and "metrics" in keys:
        reader.wrong(keys["metrics"].place, "exclusive", "prometheus and metrics exclude each other; keep one of them")

    def text(name: str, otherwise: str) -> str:
        return reader.text(keys[name], name) if name in keys else otherwise

    def places(name: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        found = _texts(reader, keys[name], name) if name in keys else None
        return otherwise if found is None else tuple(_placed(one, folder) for one in found)

    return replace(
        inherited,
        prometheus=text("prometheus", inherited.prometheus),
        metrics=_placed(text("metrics", ""), folder) if "metrics" in keys else inherited.metrics,
        select=text("select", inherited.select),
        logs=places("logs", inherited.logs),
        profiles=places("profiles", inherited.profiles),
        changes=places("changes", inherited.changes),
        dependencies=places("dependencies", inherited.dependencies),
        repo=_placed(text("repo", ""), folder) if "repo" in keys else inherited.repo,
        meanings=taught(reader, keys.get("meanings")) + inherited.meanings,
    )


def _texts(reader: Reader, tree: Tree, what: str) -> tuple[str, ...]:
    """A list of texts, or one text."""
    if isinstance(tree, Items):
        return reader.texts(tree, what)
    if not isinstance(tree, Scalar):
        reader.wrong(tree.place, "type", f"{what} must be a text or a list of texts")
        return ()
    return (reader.text(tree, what),)


def _since(reader: Reader, tree: Tree | None) -> float:
    text = reader.text(tree, "since")
    if tree is None or not text:
        return DEFAULT_SINCE_S
    try:
        span = parse_duration(text)
    except UsageError as error:
        reader.wrong(tree.place, "type", f"since: {error}")
        return DEFAULT_SINCE_S
    if span <= 0:
        reader.wrong(tree.place, "type", f"since must be longer than {text}; write it like 30m")
    return span or DEFAULT_SINCE_S


def _placed(source: str, folder: Path) -> str:
    """A relative path as seen from the working directory; URLs and - as they are."""
    if "://" in source or source == "-" or source.startswith("~"):
        return source
    return str(folder / source)


def _refuse_twins(reader: Reader, listed: Iterable[Tree], services: Iterable[Service]) -> None:
    seen: set[str] = set()
    for item, service in zip(listed, services, strict=True):
        if service.name in seen:
            reader.wrong(item.place, "duplicate", f"two services are called {service.name!r}; rename one")
        seen.add(service.name)
