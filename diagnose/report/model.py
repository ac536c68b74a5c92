"""What a report tells, as plain data: every word and digit is decided, every text is harmless."""

from __future__ import annotations

from dataclasses import dataclass

from diagnose.report.axis import Moment, Onset, Span
from diagnose.report.pictures import Chart, Flame, Group, Hot, Pattern, Timeline


@dataclass(frozen=True, slots=True)
class Culprit:
    """What to open or call.

    `short` is the name without the path of its package, `path` that path; `place` and `note` are the location's parts.
    """

    kind: str
    noun: str
    name: str
    location: str
    path: str
    short: str
    place: str
    note: str


@dataclass(frozen=True, slots=True)
class Apart:
    """What would tell two close causes apart: `between` are both titles, `why` says why the question is still open."""

    between: tuple[str, str]
    question: str
    yes_means: str
    why: str
    command: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome; `trust` says what the confidence promises, `tenths` of how many verdicts in ten are right."""

    status: str
    cause: str
    title: str
    confidence: float
    percent: str
    tenths: int
    trust: str
    summary: str
    culprit: Culprit | None
    apart: Apart | None


@dataclass(frozen=True, slots=True)
class Cause:
    """A ranked cause and the ids of what speaks for and against it."""

    cause: str
    title: str
    confidence: float
    percent: str
    supports: tuple[str, ...]
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A service or instance; `share` is its score relative to the first one."""

    entity: str
    score: float
    share: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A way not taken."""

    answer: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the walk; `ways` are those that lead elsewhere than the walk went: (answers, where to).

    `numbers` are what its evidence showed, (id, before → during); `tests` the checks with their thresholds.
    """

    node: str
    question: str
    answer: str
    because: str
    evidence: tuple[str, ...]
    answered_by: str
    not_taken: tuple[Branch, ...]
    ways: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, str], ...]
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A cause that the data speaks against, with the numbers."""

    cause: str
    title: str
    because: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One piece of evidence with its picture and how to see it again; `label` is what the page calls it.

    `head` and `detail` are the title for people: its first statement, and the rest of what a profile says.
    `numbers` are what was seen before and during in one phrase, empty where nothing was counted.
    """

    id: str
    label: str
    signal: str
    noun: str
    title: str
    head: str
    detail: str
    at: Moment | None
    window: Span
    baseline: float | None
    observed: float | None
    unit: str
    baseline_text: str
    observed_text: str
    numbers: str
    change: str
    strength: float
    percent: str
    reproduce: str
    chart: Chart | None
    hot: tuple[Hot, ...]
    pattern: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What could not be had and the command that would get it."""

    signal: str
    noun: str
    why: str
    command: str | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """Gaps that one command would fill."""

    noun: str
    whys: tuple[str, ...]
    command: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """What to do; `safe` when nothing can break, `own` the words of the command that the reader puts in."""

    when: str
    what: str
    command: str | None
    risk: str
    safe: bool
    own: str = ""


@dataclass(frozen=True, slots=True)
class Felt:
    """One quantity that users feel, before the onset and since."""

    name: str
    before: str
    during: str
    change: str


@dataclass(frozen=True, slots=True)
class Event:
    """One dated fact and where it is known from; `turning` marks the onset."""

    moment: Moment
    what: str
    source: str
    turning: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where data came from and how much of it was used."""

    noun: str
    name: str
    detail: str
    note: str


@dataclass(frozen=True, slots=True)
class View:
    """The whole report; `rhythm` says what the load does by itself, if anything.

    `ruled_out` is `excluded` with the causes joined that one reason rules out.
    """

    tool: str
    version: str
    service: str
    window: Span
    baseline: Span | None
    onset: Onset | None
    verdict: Verdict
    strongest: tuple[Exhibit, ...]
    causes: tuple[Cause, ...]
    suspects: tuple[Suspect, ...]
    path: tuple[Step, ...]
    evidence: tuple[Exhibit, ...]
    missing: tuple[Gap, ...]
    gaps: tuple[Gaps, ...]
    actions: tuple[Action, ...]
    remedy: str
    excluded: tuple[Exclusion, ...]
    ruled_out: tuple[Exclusion, ...]
    timeline: Timeline
    rhythm: str
    impact: tuple[Felt, ...]
    patterns: tuple[Pattern, ...]
    patterns_more: int
    flame: Flame | None
    groups: tuple[Group, ...]
    sources: tuple[Source, ...]
    masked: tuple[tuple[str, int], ...]
    select: str
