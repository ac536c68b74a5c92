"""The flame graph of the profile that answers, beside what it is compared with."""

from __future__ import annotations

from diagnose.checks.profiles.own import own_code
from diagnose.checks.profiles.top import printable
from diagnose.report import hot, pictures, tree, units, wording
from diagnose.report.book import Book
from diagnose.report.snapshots import base_of, index_of
from diagnose.report.text import line
from diagnose.signals.profile import Profile, ProfileKind


def flame(book: Book) -> pictures.Flame | None:
    """The call tree of the profile that the strongest evidence for the verdict cites; None when none is cited."""
    index = _chosen(book)
    if index is None:
        return None
    profiles = book.evidence.profiles
    base = base_of(profiles, index, book.diagnosis.onset)
    culprit = book.diagnosis.verdict.culprit
    name = culprit.name if culprit else ""
    return draw(profiles[index], profiles[base] if base is not None else None, hottest=book.hot[index], culprit=name)


def _chosen(book: Book) -> int | None:
    supports = set(book.diagnosis.causes[0].evidence_for) if book.diagnosis.causes else set()
    ranked = sorted(book.diagnosis.evidence, key=lambda found: (found.id not in supports, -found.strength))
    for found in ranked:
        index = index_of(found.ref, book.evidence.profiles)
        if index is not None and book.evidence.profiles[index].samples:
            return index
    return None


def draw(
    profile: Profile, base: Profile | None, *, hottest: tuple[pictures.Hot, ...], culprit: str = ""
) -> pictures.Flame:
    """The drawing of one profile, or of two; the calls of the function `culprit` are marked."""
    grown = tree.grow(profile, base)
    names: dict[str, int] = {}
    unit = units.canonical(profile.sample_types[profile.default_type].unit) if profile.sample_types else ""
    nodes = tuple((call.depth, call.value, call.before, _number(names, call.function)) for call in grown.calls)
    return pictures.Flame(
        title=wording.PROFILES[profile.kind.value],
        unit=unit,
        total=grown.total,
        total_before=grown.before,
        total_text=units.quantity(grown.total, unit),
        before_text=units.quantity(grown.before, unit) if base else "",
        source=_label(profile),
        base=_label(base) if base else "",
        cut=_cut(grown.left_out),
        culprit=line(culprit, hot.NAME),
        relative=profile.kind is ProfileKind.CPU,
        names=tuple(names),
        own=_own(names, {call.function for call in grown.calls}, [one for one in (profile, base) if one]),
        nodes=nodes,
        hot=hottest,
    )


def _number(names: dict[str, int], function: str) -> int:
    return names.setdefault(line(function, hot.NAME), len(names))


def _cut(left_out: int) -> str:
    return f"{left_out:,} {'call' if left_out == 1 else 'calls'} too small to see left out" if left_out else ""


def _own(names: dict[str, int], drawn: set[str], profiles: list[Profile]) -> tuple[int, ...]:
    own = own_code(profiles)
    frames = {printable(frame): frame for one in profiles for frame in one.frames if printable(frame) in drawn}
    return tuple(sorted({names[line(name, hot.NAME)] for name, frame in frames.items() if own(frame)}))


def _label(profile: Profile) -> str:
    name = line(profile.source.rpartition("/")[2], 120)
    return f"{name}, {units.clock(profile.taken_at)} UTC" if profile.taken_at is not None else name
