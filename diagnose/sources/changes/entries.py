"""Entries of a list that people or pipelines keep: at, what, service, version."""

from __future__ import annotations

import re
from collections.abc import Mapping

from diagnose.signals.changes import Change
from diagnose.sources.metrics.cells import moments

_AT = ("at", "time", "timestamp", "when", "date", "started_at", "deployed_at", "finished_at", "created_at", "ts")
_WHAT = ("what", "kind", "type", "event", "action")
_WHO = ("service", "entity", "app", "application", "component", "target", "deployment", "name")
_VERSION = ("version", "to", "tag", "release", "revision", "image", "sha", "commit")
_TITLE = ("title", "description", "message", "summary", "text", "note")
_KINDS = (
    ("config", re.compile(r"config|setting|flag|toggle|secret|parameter|variable|environment|quota|limit", re.I)),
    ("deploy", re.compile(r"deploy|release|roll|version|upgrade|downgrade|promot|canary|publish|ship", re.I)),
    ("restart", re.compile(r"restart|reboot", re.I)),
    ("commit", re.compile(r"commit|merge|push", re.I)),
)


def change(entry: object, source: str) -> Change | None:
    """The change that one entry tells of, None when it is no mapping or has no readable time."""
    if not isinstance(entry, Mapping):
        return None
    said = {str(key).strip().lower(): _text(value) for key, value in entry.items()}
    at = float(moments([_first(said, _AT)])[0])
    if not 0 < at < 1e11:
        return None
    what, version, title = _first(said, _WHAT), _first(said, _VERSION), _first(said, _TITLE)
    kind = _kind(what) or ("deploy" if version else _kind(title)) or "event"
    return Change(at, kind, _first(said, _WHO), _titled(what or kind, version, title), source)


def _kind(words: str) -> str | None:
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), None)


def _titled(what: str, version: str, title: str) -> str:
    named = f"{what} {version}".strip()
    return f"{named}: {title}" if title and title != what else named


def _first(said: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((said[key] for key in keys if said.get(key)), "")


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
