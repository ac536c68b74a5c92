"""Goroutines or threads that stand at the same place, the crowds that grew first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from diagnose.checks.profiles.locate import place
from diagnose.checks.profiles.own import OwnCode, own_code
from diagnose.checks.profiles.top import printable
from diagnose.report import hot, pictures, units
from diagnose.report.book import Book
from diagnose.report.snapshots import base_of, index_of
from diagnose.report.text import LINE, block, line
from diagnose.signals.profile import Frame, Profile

SHOWN = 8
TOGETHER_S = 15.0
GREW = 10


@dataclass(slots=True)
class _Crowd:
    frames: tuple[Frame, ...]
    count: int = 0
    before: int = 0
    states: Counter[str] = field(default_factory=Counter)
    wait: float = 0.0


def groups(book: Book) -> tuple[pictures.Group, ...]:
    """The largest groups of the goroutine or thread profile that the evidence cites, else of the latest one."""
    index = _index(book)
    if index is None:
        return ()
    profile, base = book.evidence.profiles[index], base_of(book.evidence.profiles, index, book.diagnosis.onset)
    own = own_code([profile])
    crowds: dict[tuple[str, ...], _Crowd] = {}
    _count(profile, crowds)
    if base is not None:
        _count_before(book.evidence.profiles[base], crowds)
    if index not in _cited(book) and not any(crowd.count - crowd.before >= GREW for crowd in crowds.values()):
        return ()
    ranked = sorted(crowds.items(), key=lambda item: (item[1].before - item[1].count, -item[1].count, item[0]))
    return tuple(
        _group(crowd, own, compared=base is not None) for _, crowd in ranked[:SHOWN] if crowd.count and crowd.frames
    )


def _index(book: Book) -> int | None:
    profiles = book.evidence.profiles
    crowds = [i for i, profile in enumerate(profiles) if profile.kind in hot.CROWDS and profile.samples]
    for found in sorted(book.diagnosis.evidence, key=lambda observation: -observation.strength):
        cited = index_of(found.ref, profiles)
        if cited in crowds:
            return next((i for i in crowds if _together(profiles[cited], profiles[i])), cited)
    return max(crowds, key=lambda i: (profiles[i].taken_at or 0.0, bool(profiles[i].labels), i), default=None)


def _cited(book: Book) -> set[int | None]:
    """The crowds that evidence cites, and what was taken together with them."""
    profiles = book.evidence.profiles
    cited = {index_of(found.ref, profiles) for found in book.diagnosis.evidence}
    return cited | {
        i for i, profile in enumerate(profiles) for j in cited if j is not None and _together(profiles[j], profile)
    }


def _together(cited: Profile, other: Profile) -> bool:
    """Whether the other one was taken with the cited one and tells the states, which a binary profile does not."""
    if cited.labels or not other.labels or cited.taken_at is None or other.taken_at is None:
        return False
    return abs(cited.taken_at - other.taken_at) < TOGETHER_S


def _count(profile: Profile, crowds: dict[tuple[str, ...], _Crowd]) -> None:
    counts = profile.values[:, profile.default_type].tolist()
    for i, count in enumerate(counts):
        frames = profile.stack(i)
        crowd = crowds.setdefault(tuple(map(printable, frames)), _Crowd(frames))
        crowd.count += max(int(count), 0)
        for key, value in profile.labels[i] if profile.labels else ():
            if key == "state":
                crowd.states[value] += int(count)
            elif key == "wait_s":
                crowd.wait = max(crowd.wait, _seconds(value))


def _count_before(profile: Profile, crowds: dict[tuple[str, ...], _Crowd]) -> None:
    for i, count in enumerate(profile.values[:, profile.default_type].tolist()):
        frames = profile.stack(i)
        crowds.setdefault(tuple(map(printable, frames)), _Crowd(frames)).before += max(int(count), 0)


def _seconds(text: str) -> float:
    try:
        return units.significant(float(text)) or 0.0
    except ValueError:
        return 0.0


def _group(crowd: _Crowd, own: OwnCode, *, compared: bool) -> pictures.Group:
    frame = hot.blamed(crowd.frames, own) or Frame("?")
    growth = crowd.count - crowd.before
    state = max(crowd.states.items(), key=lambda item: (item[1], item[0]))[0] if crowd.states else ""
    return pictures.Group(
        count=f"{crowd.count:,}",
        before=f"{crowd.before:,}" if compared else "",
        growth=f"{'+' if growth > 0 else '−' if growth < 0 else ''}{abs(growth):,}" if compared else "",
        function=line(frame.function, hot.NAME),
        location=line(place(frame), 200),
        state=line(state, 60),
        wait=units.span(crowd.wait) if crowd.wait else "",
        stack=block("\n".join(f"{f.function[:LINE]}\n    {place(f)[:LINE]}" for f in crowd.frames[:40])),
    )
