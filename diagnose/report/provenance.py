"""How the data was obtained and what was masked in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diagnose.report import model, units, wording
from diagnose.report.text import line
from diagnose.signals.events import LogSource
from diagnose.signals.evidence import Evidence
from diagnose.signals.probes import Probe
from diagnose.signals.profile import Profile
from diagnose.signals.series import Measure

SHOWN = 40


def sources(evidence: Evidence, measures: Sequence[Measure]) -> tuple[model.Source, ...]:
    """One line a source, and one that says how many more there were."""
    listed = [
        *_logs(evidence),
        *_metrics(evidence, measures),
        *map(_profile, evidence.profiles),
        *_changes(evidence),
        *map(_probe, evidence.probes),
    ]
    rest = len(listed) - SHOWN
    return (*listed[:SHOWN], *([model.Source("More", f"{rest:,} further sources", "", "")] if rest > 0 else []))


def masked(evidence: Evidence) -> tuple[tuple[str, int], ...]:
    """What kind of secret was masked, and how often."""
    return (
        tuple((line(kind, 60), int(count)) for kind, count in sorted(evidence.logs.masked.items()))
        if evidence.logs
        else ()
    )


def _logs(evidence: Evidence) -> Iterator[model.Source]:
    for found in evidence.logs.sources if evidence.logs else ():
        yield model.Source("Log", line(found.name), _lines(found), line(found.note))


def _lines(found: LogSource) -> str:
    parts = [f"{line(found.format, 40)}, {found.lines:,} lines, {found.in_window:,} in the window"]
    if found.unparsed_time:
        parts.append(f"{found.unparsed_time:,} without a readable time")
    if found.unreadable:
        parts.append(f"{found.unreadable:,} unreadable")
    return ", ".join(parts)


def _metrics(evidence: Evidence, measures: Sequence[Measure]) -> Iterator[model.Source]:
    if evidence.series or evidence.prometheus or measures:
        detail = f"{len(evidence.series):,} series, {len(measures):,} measures made of them"
        yield model.Source("Metrics", line(evidence.prometheus) or "from a file", detail, "")


def _profile(found: Profile) -> model.Source:
    parts = [f"{found.samples:,} samples"]
    if found.taken_at is not None:
        parts.append(f"taken {units.clock(found.taken_at)} UTC")
    if found.duration_s:
        parts.append(f"over {units.span(found.duration_s)}")
    noun = f"{wording.PROFILES[found.kind.value]} profile" if found.kind.value != "other" else "Profile"
    return model.Source(noun, line(found.source), ", ".join(parts), line(found.producer))


def _probe(found: Probe) -> model.Source:
    outcome = {True: "held", False: "failed", None: "not tried"}[found.held]
    detail = f"{found.step} {outcome}, tried {units.clock(found.at)} UTC"
    return model.Source("Probe", line(found.target), detail, line(found.said))


def _changes(evidence: Evidence) -> Iterator[model.Source]:
    if evidence.changes:
        names = sorted({line(found.source, 100) for found in evidence.changes if found.source})
        yield model.Source("Changes", ", ".join(names[:5]), f"{len(evidence.changes):,} seen", "")
