"""Dependencies from a file: YAML or JSON of `service: [services it uses]`, or traces as JSON or JSON lines."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from diagnose.signals.evidence import Gap, Signal
from diagnose.sources.dependencies.spans import calls

_MAX_BYTES = 1 << 26
_YAML_BYTES = 1 << 20  # YAML is read by a slow parser; longer files come as JSON
_MOST = 50_000
Uses = tuple[tuple[str, str], ...]


def collect(places: Sequence[str]) -> tuple[Uses, tuple[Gap, ...]]:
    """Pairs of a service and one that it uses, of all files, sorted; a file that tells none is a gap."""
    found: set[tuple[str, str]] = set()
    gaps: list[Gap] = []
    for place in places:
        name = shlex.quote(place)
        look = f"less {name}"
        try:
            told = set(_pairs(_content(Path(place))))
        except OSError as error:
            gaps.append(Gap(Signal.TRACE, f"{place}: {error.strerror or 'cannot be read'}", f"ls -l {name}"))
            continue
        except (ValueError, yaml.YAMLError, RecursionError) as error:
            why = " ".join(str(error).split())[:120]
            gaps.append(Gap(Signal.TRACE, f"{place}: not readable as JSON or YAML ({why})", look))
            continue
        if not told:
            gaps.append(Gap(Signal.TRACE, f"{place}: tells of no service that uses another", look))
        found |= told
    return tuple(sorted(found)[:_MOST]), tuple(gaps)


def _content(place: Path) -> Any:
    """What a file holds; of JSON lines a list. Raises OSError, ValueError, YAMLError."""
    if place.stat().st_size > _MAX_BYTES:
        raise ValueError(f"larger than {_MAX_BYTES >> 20} MiB")
    data = place.read_bytes()
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError:
        lines = [line for line in data.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith((b"{", b"[")) for line in lines):
        return [msgspec.json.decode(line) for line in lines]
    if len(data) > _YAML_BYTES:
        raise ValueError("larger than 1 MiB and no JSON")
    return yaml.safe_load(data)


def _pairs(content: Any) -> Iterator[tuple[str, str]]:
    spans = calls(content)
    if spans:
        yield from spans
    elif isinstance(content, Mapping):
        inner = content.get("dependencies", content.get("services", content))
        for service, uses in inner.items() if isinstance(inner, Mapping) else ():
            yield from _listed(service, uses)


def _listed(service: object, uses: object) -> Iterator[tuple[str, str]]:
    """The pairs of one entry: a list of names, one name, or a mapping that has them under `uses` or `depends_on`."""
    if isinstance(uses, Mapping):
        uses = uses.get("uses", uses.get("depends_on", ()))
    names = [uses] if isinstance(uses, str) else uses if isinstance(uses, list | Mapping) else ()
    yield from ((str(service), str(name)) for name in names if isinstance(name, str) and name != service)
