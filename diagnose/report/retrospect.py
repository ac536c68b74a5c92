"""What the data itself says of detection and of what helped or hindered: people add what only they know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diagnose.report import units
from diagnose.report.axis import Moment
from diagnose.report.model import Exhibit, View

LATE_S = 60.0
"""A log that speaks later than this after the onset is called late: an alert is commonly evaluated once a minute."""

CALM_S = 120.0
"""Less quiet time than this before the onset makes a weak baseline: eight samples at the usual 15 s."""


_KINDS = {"next": "mitigate", "later": "prevent"}
_SPEAKERS = {"Metric": "The metrics", "Log": "The log", "Trace": "The traces", "Profile": "A profile"}


@dataclass(frozen=True, slots=True)
class Sign:
    """When a kind of signal first showed the trouble, and how long after the onset in words."""

    noun: str
    moment: Moment
    delay: str
    title: str


@dataclass(frozen=True, slots=True)
class Item:
    """An action item: what kind of help it is, what to do, and the command or query that belongs to it."""

    kind: str
    what: str
    code: str = ""


def signs(view: View) -> tuple[Sign, ...]:
    """For each kind of signal the evidence that showed the trouble first, the earliest on top."""
    first: dict[str, tuple[Exhibit, Moment]] = {}
    for found in view.evidence:
        if found.at and (found.noun not in first or found.at.at < first[found.noun][1].at):
            first[found.noun] = found, found.at
    ordered = sorted(first.values(), key=lambda pair: (pair[1].at, pair[0].noun))
    return tuple(Sign(found.noun, at, _delay(view, at), found.head) for found, at in ordered)


def items(view: View) -> tuple[Item, ...]:
    """What to do so that it does not happen again, is seen sooner, or is understood faster."""
    return tuple(_items(view))


def _items(view: View) -> Iterator[Item]:
    if view.remedy:
        yield Item("prevent", view.remedy)
    for action in view.actions:
        if action.when in _KINDS:
            yield Item(_KINDS[action.when], action.what, action.command or "")
    if alert := _telling(view):
        title, numbers = alert.head, f"{alert.baseline_text} before, {alert.observed_text} during"
        yield Item("detect", f"Alert on this: {title} ({numbers})", alert.reproduce)
    for gap in view.gaps:
        if gap.command:
            yield Item("look faster", f"Close this gap before the next time: {gap.whys[0]}", gap.command)


def _telling(view: View) -> Exhibit | None:
    """The metric that tells it most clearly, to be alerted on."""
    moved = [found for found in view.evidence if found.signal == "metric" and found.at and found.baseline is not None]
    return max(moved, key=lambda found: found.strength, default=None)


def helped(view: View) -> tuple[str, ...]:
    """What made the diagnosis possible."""
    return tuple(_helped(view))


def hindered(view: View) -> tuple[str, ...]:
    """What made it harder, beside what is missing."""
    return tuple(_hindered(view))


def _helped(view: View) -> Iterator[str]:
    calm = _calm(view)
    if calm is not None and calm >= CALM_S:
        yield f"{units.span(round(calm))} of quiet time before the onset were recorded to compare with."
    if view.flame and view.flame.base:
        yield "A profile from before the onset was at hand to compare with."
    if view.verdict.culprit and view.verdict.culprit.kind == "function":
        yield "The signals led to one place in the code."
    early = [sign for sign in signs(view) if view.onset and sign.moment.at - view.onset.moment.at <= LATE_S]
    if early:
        yield f"{_SPEAKERS.get(early[0].noun, f'A {early[0].noun.lower()}')} told of it {early[0].delay}."


def _hindered(view: View) -> Iterator[str]:
    calm = _calm(view)
    if calm is not None and calm < CALM_S:
        yield f"Only {units.span(round(calm))} of quiet time before the onset were recorded."
    if view.flame and not view.flame.base and view.verdict.status == "diagnosed":
        yield "No profile from before the onset was at hand to compare with."
    if view.onset and any(source.noun == "Log" for source in view.sources):
        log = next((sign for sign in signs(view) if sign.noun == "Log"), None)
        if log is None:
            yield "The log did not speak of it."
        elif log.moment.at - view.onset.moment.at > LATE_S:
            yield f"The log spoke of it only {log.delay}."


def _calm(view: View) -> float | None:
    """Seconds recorded before the onset."""
    return view.onset.moment.at - view.timeline.start if view.onset else None


def _delay(view: View, at: Moment) -> str:
    if view.onset is None:
        return "at a time of its own"
    seconds = round(at.at - view.onset.moment.at)
    if abs(seconds) <= 1:
        return "as it began"
    side = "after it began" if seconds > 0 else "before the onset that all signals agree on"
    return f"{units.span(abs(seconds))} {side}"
