"""The incident moment by moment: what was changed, when each signal moved, when profiles were taken."""

from __future__ import annotations

from collections.abc import Iterator

from diagnose.report.model import Event, View


def chronicle(view: View) -> tuple[Event, ...]:
    """All dated facts of the report in order, each with its source."""
    return tuple(
        sorted(_events(view), key=lambda event: (event.moment.x, not event.turning, event.moment.iso, event.what))
    )


def _events(view: View) -> Iterator[Event]:
    if view.onset:
        spread = f" ({view.onset.spread})" if view.onset.spread else ""
        yield Event(view.onset.moment, f"The trouble begins{spread}", "all signals together", True)
    for row in view.timeline.rows:
        for mark in row.marks:
            what = f"Profile taken: {mark.title}" if mark.kind == "profile" else mark.title
            yield Event(mark.moment, what, "profile" if mark.kind == "profile" else f"change: {mark.kind}", False)
    for found in view.evidence:
        if found.at:
            yield Event(found.at, found.head, f"{found.noun.lower()} {found.label}", False)
