"""The diagnosis turned into what a report tells: all rounding, ordering and wording happens once, here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

import diagnose
from diagnose.checks.catalog import catalogue
from diagnose.checks.finding import Culprit
from diagnose.playbook.diagnosis import Action, Diagnosis, RankedCause, Status, Step, Suspect, TellApart, Verdict
from diagnose.playbook.plain import place_and_note, plain, short
from diagnose.report import (
    axis,
    exclusions,
    exhibits,
    flamegraph,
    groups,
    impact,
    model,
    patterns,
    provenance,
    rhythm,
    timeline,
    units,
    wording,
)
from diagnose.report.book import Book
from diagnose.report.text import COMMAND, block, line
from diagnose.report.thresholds import threshold
from diagnose.signals.evidence import Evidence, Gap
from diagnose.signals.series import Measure

STRONGEST = 3
FEW = 2
_OWN = re.compile(r"(?<![\w$-])(?:CONTAINER|DEPLOYMENT|FILE|HOST|NAME|PID|POD|PORT|PROMETHEUS|SERVICE|URL)(?!\w)")
"""Words in capitals that stand for something of the reader's own in the commands of the playbooks."""

_ORDER = {"now": 0, "next": 1, "later": 2}


def view(*, diagnosis: Diagnosis, evidence: Evidence, measures: Sequence[Measure]) -> model.View:
    """Plain frozen data that every format is rendered from. The same input gives the same view."""
    book = Book.of(diagnosis, evidence, measures)
    missing = tuple(map(_gap, diagnosis.missing))
    shown = tuple(exhibits.exhibit(book, found, i) for i, found in enumerate(diagnosis.evidence, 1))
    listed, more = patterns.patterns(book)
    excluded = exclusions.excluded(diagnosis)
    return model.View(
        tool="diagnose",
        version=diagnose.__version__,
        service=line(diagnosis.service),
        window=axis.span(diagnosis.window),
        baseline=axis.span(diagnosis.baseline) if diagnosis.baseline else None,
        onset=axis.onset(diagnosis.window, diagnosis.onset, diagnosis.onset_uncertainty_s),
        verdict=_verdict(diagnosis.verdict, diagnosis.service),
        strongest=_strongest(diagnosis, shown),
        causes=tuple(map(_cause, diagnosis.causes)),
        suspects=_suspects(diagnosis.suspects),
        path=_path(diagnosis, shown),
        evidence=shown,
        missing=missing,
        gaps=_joined(missing),
        actions=tuple(sorted(map(_action, diagnosis.actions), key=lambda found: _ORDER.get(found.when, 3))),
        remedy=line(diagnosis.remedy, 600),
        excluded=excluded,
        ruled_out=exclusions.together(excluded),
        timeline=timeline.timeline(book, shown),
        rhythm=rhythm.rhythm(book),
        impact=impact.impact(book),
        patterns=listed,
        patterns_more=more,
        flame=flamegraph.flame(book),
        groups=groups.groups(book),
        sources=provenance.sources(evidence, measures),
        masked=provenance.masked(evidence),
        select=line(evidence.select),
    )


def _verdict(verdict: Verdict, service: str) -> model.Verdict:
    confidence = _share(verdict.confidence)
    return model.Verdict(
        status=verdict.status.value,
        cause=line(verdict.cause, 100),
        title=wording.title(line(verdict.cause, 100)),
        confidence=confidence,
        percent=units.percent(confidence),
        tenths=wording.tenths(confidence) if verdict.status is not Status.INCONCLUSIVE else 0,
        trust=wording.trust(confidence, verdict.status.value),
        summary=line(verdict.summary, 600),
        culprit=_culprit(verdict.culprit, service) if verdict.culprit else None,
        apart=_apart(verdict.tell_apart) if verdict.tell_apart else None,
    )


def _apart(told: TellApart) -> model.Apart:
    first, second, yes_means = (line(cause, 100) for cause in (told.first, told.second, told.yes_means))
    return model.Apart(
        between=(wording.title(first), wording.title(second)),
        question=line(told.question),
        yes_means=wording.title(yes_means),
        why=line(told.gap.why, 600),
        command=block(told.gap.command, COMMAND) if told.gap.command else None,
    )


def _culprit(culprit: Culprit, service: str) -> model.Culprit:
    kind, location = line(culprit.kind, 40), line(culprit.location)
    name, behind = (line(one) for one in plain(culprit, service))
    brief = short(name) if kind == "function" else name
    place, note = (line(one) for one in place_and_note(culprit))
    place = "" if place in (name, service) or (behind and place.startswith(behind)) else place
    called = kind == "resource" and place != ""
    return model.Culprit(
        kind=kind,
        noun=place if called else wording.CULPRITS.get(kind, kind),
        name=line(culprit.name),
        location=location,
        path=name.removesuffix(brief),
        short=brief,
        place="" if called else place,
        note=f"told by {behind}" if behind else note,
    )


def _strongest(diagnosis: Diagnosis, shown: Sequence[model.Exhibit]) -> tuple[model.Exhibit, ...]:
    """What speaks for the verdict most: evidence for its cause first, then by strength."""
    supports = set(_ids(diagnosis.causes[0].evidence_for)) if diagnosis.causes else set()
    return tuple(sorted(shown, key=lambda found: (found.id not in supports, -found.strength))[:STRONGEST])


def _cause(cause: RankedCause) -> model.Cause:
    confidence = _share(cause.confidence)
    return model.Cause(
        cause=line(cause.cause, 100),
        title=wording.title(line(cause.cause, 100)),
        confidence=confidence,
        percent=units.percent(confidence),
        supports=_ids(cause.evidence_for),
        against=_ids(cause.evidence_against),
    )


def _suspects(suspects: Sequence[Suspect]) -> tuple[model.Suspect, ...]:
    scores = [units.significant(found.score) or 0.0 for found in suspects]
    top = max([abs(score) for score in scores], default=0.0) or 1.0
    return tuple(
        model.Suspect(line(found.entity), score, round(abs(score) / top, 4), _ids(found.evidence))
        for found, score in zip(suspects, scores, strict=True)
    )


def _path(diagnosis: Diagnosis, shown: Sequence[model.Exhibit]) -> tuple[model.Step, ...]:
    path, end = diagnosis.path, wording.title(line(diagnosis.verdict.cause, 100))
    asked = [line(step.question) for step in path]
    checks, numbers = catalogue(), {found.id: found.numbers for found in shown}
    return tuple(
        _step(step, {then, end}, numbers, tuple(threshold(test, checks) for test in step.tests))
        for step, then in zip(path, [*asked[1:], ""], strict=False)
    )


def _step(step: Step, reached: Set[str], numbers: Mapping[str, str], tests: tuple[str, ...]) -> model.Step:
    ids = _ids(step.evidence)
    return model.Step(
        node=line(step.node, 100),
        question=line(step.question),
        answer=step.answer.value,
        because=line(step.because, 600),
        evidence=ids,
        answered_by=line(step.answered_by, 40),
        not_taken=tuple(model.Branch(way.answer.value, line(way.leads_to)) for way in step.not_taken),
        ways=_ways(step, reached),
        numbers=tuple((id_, numbers.get(id_, "")) for id_ in ids),
        tests=tests,
    )


def _ways(step: Step, reached: Set[str]) -> tuple[tuple[str, str], ...]:
    """The rejected ways, those with one goal joined; one that leads where the walk went all the same is none."""
    goals: dict[str, list[str]] = {}
    for way in step.not_taken:
        goal = wording.goal(line(way.leads_to))
        if goal not in reached:
            goals.setdefault(goal, []).append(wording.ANSWERS[way.answer.value])
    return tuple((", ".join(answers), goal) for goal, answers in goals.items())


def _gap(gap: Gap) -> model.Gap:
    command = block(gap.command, COMMAND) if gap.command else None
    return model.Gap(gap.signal.value, wording.SIGNALS[gap.signal.value], line(gap.why, 600), command)


def _joined(missing: Sequence[model.Gap]) -> tuple[model.Gaps, ...]:
    """The gaps, those with the same command as one."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for gap in missing:
        found.setdefault((gap.noun, gap.command), []).append(gap.why)
    return tuple(model.Gaps(noun, _folded(whys), command) for (noun, command), whys in found.items())


def _folded(whys: Sequence[str]) -> tuple[str, ...]:
    """The reasons; one that holds for many, such as `FILE: empty file`, is given once with the first and the last."""
    places: dict[str, list[str]] = {}
    for why in dict.fromkeys(whys):
        place, colon, reason = why.partition(": ")
        places.setdefault(reason if colon else why, []).append(place if colon else "")
    return tuple(
        f"{len(those)}, from {those[0]} to {those[-1]}: {reason}"
        if len(those) > FEW
        else "; ".join(f"{place}: {reason}" if place else reason for place in those)
        for reason, those in places.items()
    )


def _action(action: Action) -> model.Action:
    risk = line(action.risk, 300) or "none"
    return model.Action(
        when=line(action.when, 20),
        what=line(action.what, 600),
        command=block(action.command, COMMAND) if action.command else None,
        risk=risk,
        safe=risk.lower().rstrip(".") == "none",
        own=wording.listed(dict.fromkeys(_OWN.findall(action.command or ""))),
    )


def _ids(ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(line(found, 100) for found in ids)


def _share(value: float) -> float:
    return round(min(max(units.significant(value) or 0.0, 0.0), 1.0), 4)
