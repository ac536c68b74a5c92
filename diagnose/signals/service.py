"""Which service the evidence speaks of, by selector, by labels, or by what the log says of itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from diagnose.signals.events import LogDigest
from diagnose.signals.series import Series

_SELECTED = re.compile(r'\b(?:service|app|job|deployment|container)\w*\s*=\s*"([^"]+)"')
_LABELS = ("service", "app", "job", "deployment", "container")
_FIELDS = ("service", "service.name", "app", "logger.service")


def service_of(select: str, series: Iterable[Series], logs: LogDigest | None) -> str:
    """A name for the service, empty when nothing tells it or several are in scope."""
    if chosen := _SELECTED.search(select):
        return chosen[1]
    for label in _LABELS:
        names = {value for one in series if (value := one.label(label))}
        if len(names) == 1:
            return names.pop()
        if names:
            break
    return _logged(logs) if logs else ""


def _logged(logs: LogDigest) -> str:
    seen: Counter[str] = Counter()
    for pattern in logs.patterns:
        for name in _FIELDS:
            seen.update(pattern.fields.get(name, {}))
    return next(iter(seen), "") if len(seen) == 1 else ""
