"""Changes from a file: JSON, JSON lines, YAML or CSV; Kubernetes objects, alerts and lists, told apart by content."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import yaml

from diagnose.signals.changes import Change
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.changes import alerts, entries, kubernetes
from diagnose.sources.redact import Redactor

_MAX_BYTES = 1 << 26
_YAML_BYTES = 1 << 20  # YAML is read by a slow parser; longer lists come as JSON or CSV
_LISTS = ("items", "changes", "deploys", "deployments", "releases", "events", "alerts")
_LONGEST = 400


def collect(places: Sequence[str], window: Window) -> tuple[tuple[Change, ...], tuple[Gap, ...]]:
    """The changes of all files that lie in the window, in order of time, secrets masked.

    What cannot be read is a gap with its count, and so is a file without any change in the window.
    """
    found: set[Change] = set()
    gaps: list[Gap] = []
    for place in places:
        changes, missed = _collected(place, window)
        found.update(changes)
        gaps.extend(missed)
    return tuple(sorted(found, key=lambda each: (each.at, each.kind, each.entity, each.title))), tuple(gaps)


def _collected(place: str, window: Window) -> tuple[list[Change], list[Gap]]:
    try:
        listed = list(_entries(_text(place)))
    except OSError as error:
        return [], [Gap(Signal.CHANGE, f"{place}: {error.strerror or 'cannot be read'}", f"ls -l {place}")]
    except (ValueError, yaml.YAMLError, csv.Error, RecursionError) as error:
        why = f"{place}: not readable as JSON, YAML or CSV ({' '.join(str(error).split())[:120]})"
        return [], [Gap(Signal.CHANGE, why, f"less {place}")]
    read = [(_change(entry, place, window), entry) for entry in listed]
    changes = [change for change, _ in read if change is not None]
    odd = sum(change is None and not kubernetes.looks_like(entry) for change, entry in read)
    gaps = [Gap(Signal.CHANGE, f"{place}: {odd} entries have no readable time", f"less {place}")] if odd else []
    inside = [change for change in changes if window.contains(change.at)]
    if not inside and not odd:
        gaps.append(Gap(Signal.CHANGE, f"{place}: {_emptiness(changes)}", f"less {place}"))
    return inside, gaps


def _emptiness(changes: Sequence[Change]) -> str:
    if not changes:
        return "holds no changes"
    first, last = min(each.at for each in changes), max(each.at for each in changes)
    return f"holds no change in the window; its changes lie between {rfc3339(first)} and {rfc3339(last)}"


def _change(entry: object, place: str, window: Window) -> Change | None:
    if kubernetes.looks_like(entry):
        read = kubernetes.change(entry, window)
    elif alerts.looks_like(entry):
        read = alerts.change(entry, f"less {shlex.quote(place)}")
    else:
        read = entries.change(entry, f"less {shlex.quote(place)}")
    if read is None:
        return None
    mask = Redactor().redact
    return Change(
        read.at, read.kind, mask(read.entity)[:_LONGEST], mask(read.title)[:_LONGEST], read.source, read.reason[:80]
    )


def _text(place: str) -> str:
    with Path(place).open("rb") as stream:
        raw = stream.read(_MAX_BYTES + 1)
    if len(raw) > _MAX_BYTES:
        raise ValueError("more than 64 MiB")
    return raw.decode("utf-8-sig", "replace").replace("\0", "")


def _entries(text: str) -> Iterator[object]:
    """The entries of a text in whichever form it has."""
    start = text.lstrip()[:1]
    if start in ("{", "["):
        yield from _listed(_json(text))
    elif _is_table(text):
        yield from csv.DictReader(io.StringIO(text), delimiter=_delimiter(text))
    elif len(text) > _YAML_BYTES:
        raise ValueError("YAML of more than 1 MiB; save it as JSON")
    else:
        for document in yaml.load_all(text, Loader=yaml.BaseLoader):
            yield from _listed(document)


def _json(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        return [msgspec.json.decode(line) for line in lines]


def _listed(document: object) -> list[object]:
    if isinstance(document, list):
        return [entry for part in document for entry in (_listed(part) if isinstance(part, dict) else [part])]
    if not isinstance(document, dict):
        return []
    inner = next((document[key] for key in _LISTS if isinstance(document.get(key), list)), None)
    return [document] if inner is None else list(inner)


def _is_table(text: str) -> bool:
    """Whether the first line is a header: several names without a colon after any of them."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    cells = first.split(_delimiter(first))
    return len(cells) > 1 and not first.startswith(("-", "#")) and not any(":" in cell for cell in cells)


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=first.count)
