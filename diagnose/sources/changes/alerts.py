"""Alerts as Alertmanager tells them: its API, `amtool alert -o json`, and what it posts to a webhook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from diagnose.signals.changes import Change
from diagnose.sources.metrics.cells import moments

_WHO = ("service", "app", "deployment", "pod", "job", "instance", "namespace")
_SAID = ("summary", "description", "message")


def looks_like(entry: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether an entry is an alert."""
    return isinstance(entry, Mapping) and "startsAt" in entry and isinstance(entry.get("labels"), Mapping)


def change(entry: Mapping[str, Any], source: str) -> Change | None:
    """When the alert began and of whom it tells; None when its time cannot be read."""
    at = float(moments([str(entry["startsAt"])])[0])
    if not 0 < at < 1e11:
        return None
    labels, notes = entry["labels"], entry.get("annotations")
    said = _first(notes, _SAID) if isinstance(notes, Mapping) else ""
    title = f"alert {_first(labels, ('alertname',))}".strip()
    return Change(at, "event", _first(labels, _WHO), f"{title}: {said}" if said else title, source)


def _first(texts: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return next((str(texts[key]) for key in keys if texts.get(key)), "")
