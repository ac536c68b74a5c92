"""The corridor: collect, align, examine, walk, tell. Read this file first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose import __version__
from diagnose.checks.blame.joined import observed
from diagnose.checks.case import Case
from diagnose.checks.catalog import catalogue
from diagnose.checks.examine import align, examine
from diagnose.checks.finding import Culprit, Finding, Observation
from diagnose.errors import BundleError, NothingCollectedError, UsageError
from diagnose.playbook.apart import apart
from diagnose.playbook.diagnosis import Diagnosis, Status, Suspect, Verdict
from diagnose.playbook.load import load
from diagnose.playbook.missing import Verdicts, missing
from diagnose.playbook.model import Library
from diagnose.playbook.runtimes import runtimes, suited
from diagnose.playbook.settle import named, settle
from diagnose.playbook.summary import sentence
from diagnose.playbook.walk import Ask, Walk, questions, unseen, walk
from diagnose.report.shelf import folder
from diagnose.signals import bundle
from diagnose.signals.catalogue import Meaning
from diagnose.signals.changes import Change
from diagnose.signals.events import LogDigest
from diagnose.signals.evidence import Evidence, Gap, Signal
from diagnose.signals.probes import Probe
from diagnose.signals.profile import Profile
from diagnose.signals.series import Series
from diagnose.signals.service import service_of
from diagnose.signals.window import Window

if TYPE_CHECKING:
    from diagnose.sources.metrics.files import Opened

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What a person points at; `window` is the one span for every source, `queries` are those of the playbook.

    `opened` is the file of `metrics` where it had to be read to find the window.
    """

    window: Window
    prometheus: str = ""
    metrics: str = ""
    select: str = ""
    logs: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    repository: str = ""
    dependencies: tuple[str, ...] = ()
    cpu_seconds: float = 5.0
    queries: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    workers: int | None = None
    dask: str = ""
    meanings: tuple[Meaning, ...] = ()
    opened: Opened | None = None


def collect(request: Request, *, progress: Progress) -> Evidence:
    """Ask every source for the window, side by side; what cannot be had becomes a gap with a reason.

    Raises NothingCollectedError when no source gave anything at all, UsageError when an address holds a password.
    """
    _refuse_credentials((request.prometheus, *request.logs, *request.profiles))
    with ThreadPoolExecutor(max_workers=5) as pool:
        world = pool.submit(_changes, request)
        logs = pool.submit(_logs, request, progress)
        metrics = pool.submit(_metrics, request, progress)
        profiles = pool.submit(_profiles, request, progress)
        probes = pool.submit(_probes, request, progress)
        (digest, log_gaps), (series, metric_gaps) = logs.result(), metrics.result()
        (taken, profile_gaps), (tried, probe_gaps) = profiles.result(), probes.result()
        changes, change_gaps = world.result()
    uses, use_gaps = _uses(request)
    gaps = (*log_gaps, *metric_gaps, *profile_gaps, *probe_gaps, *change_gaps, *use_gaps)
    if digest is None and not series and not taken and not tried:
        why = "; ".join(gap.why for gap in gaps) or "no source was named"
        raise NothingCollectedError(f"nothing could be collected: {why}")
    return Evidence(
        window=request.window,
        service=service_of(request.select, series, digest),
        select=request.select,
        logs=digest,
        series=series,
        profiles=taken,
        probes=tried,
        changes=changes,
        uses=uses,
        gaps=gaps,
        prometheus=request.prometheus,
        meanings=request.meanings,
    )


def _refuse_credentials(addresses: Iterable[str]) -> None:
    """Addresses are shown in reports and kept in bundles, so they must not hold a secret."""
    for address in addresses:
        scheme, _, rest = address.partition("://")
        place = rest.split("/", 1)[0]
        if "@" in place:
            shown = f"{scheme}://{place.rpartition('@')[2]}"
            raise UsageError(
                f"{shown}: an address with a user or password would be seen in reports; "
                "set DIAGNOSE_PROMETHEUS_USER and DIAGNOSE_PROMETHEUS_PASSWORD, or save other sources to files first"
            )


def _logs(request: Request, progress: Progress) -> tuple[LogDigest | None, tuple[Gap, ...]]:
    from diagnose.sources.logs import collect as read

    if not request.logs:
        return None, (Gap(Signal.LOG, "no log was given", "diagnose incident --logs FILE ..."),)
    progress(f"reading {len(request.logs)} log source{'s' * (len(request.logs) != 1)}")
    return read(request.logs, request.window, workers=request.workers, dask=request.dask)


def _metrics(request: Request, progress: Progress) -> tuple[tuple[Series, ...], tuple[Gap, ...]]:
    if request.metrics:
        from diagnose.sources.metrics import files

        progress(f"reading metrics from {request.metrics}")
        return (request.opened or files.opened(request.metrics)).collect(request.window)
    if request.prometheus:
        from diagnose.sources.metrics import prometheus

        progress(f"asking {request.prometheus}")
        return prometheus.collect(request.prometheus, request.window, select=request.select, queries=request.queries)
    return (), (
        Gap(Signal.METRIC, "no metrics were given", "diagnose incident --prometheus URL --select 'job=\"NAME\"' ..."),
    )


def _profiles(request: Request, progress: Progress) -> tuple[tuple[Profile, ...], tuple[Gap, ...]]:
    if not request.profiles:
        command = "diagnose incident --profiles http://SERVICE:6060/debug/pprof ..."
        return (), (Gap(Signal.PROFILE, "no profiles were given", command),)
    from diagnose.sources.profiles import files, live

    progress("reading profiles")
    urls = [source for source in request.profiles if source.startswith(("http://", "https://"))]
    paths = [source for source in request.profiles if source not in urls]
    found, gaps = files.collect(paths) if paths else ((), ())
    for url in urls:
        captured, missed = live.capture(url, seconds=request.cpu_seconds, progress=progress)
        found, gaps = (*found, *captured), (*gaps, *missed)
    return found, gaps


def _probes(request: Request, progress: Progress) -> tuple[tuple[Probe, ...], tuple[Gap, ...]]:
    if not request.probes:
        return (), ()
    from diagnose.sources.probes import collect as probe

    progress(f"probing {', '.join(request.probes)}")
    return probe(request.probes)


def _changes(request: Request) -> tuple[tuple[Change, ...], tuple[Gap, ...]]:
    from diagnose.sources import changes

    return changes.collect(request.changes, request.repository, request.window)


def _uses(request: Request) -> tuple[tuple[tuple[str, str], ...], tuple[Gap, ...]]:
    """Who uses whom; nobody needs to say it."""
    if not request.dependencies:
        return (), ()
    from diagnose.sources.dependencies import files

    return files.collect(request.dependencies)


def diagnose(evidence: Evidence, library: Library, *, ask: Ask | None = None) -> tuple[Diagnosis, Case]:
    """The verdict that the evidence carries; `ask` puts a question to a person, None goes on with unknown."""
    case, checks = align(evidence), catalogue()
    asked = [(question.key, question.check, question.parameters) for question in questions(library)]
    findings = examine(case, asked, checks)
    return conclude(case, library, walk(library, findings, ask), findings), case


def dated(case: Case) -> Evidence:
    """The evidence with the restarts and new versions that the metrics tell of among its changes, for the time line."""
    changes = sorted(
        {*case.evidence.changes, *case.restarts, *case.versions}, key=lambda one: (one.at, one.kind, one.title)
    )
    return replace(case.evidence, changes=tuple(changes))


def conclude(case: Case, library: Library, walked: Walk, findings: dict[str, Finding]) -> Diagnosis:
    """Join the walk, the findings and their weights into one diagnosis."""
    walked, causes = settle(library, walked, findings)
    known = Verdicts(library, walked, causes, findings)
    cause, shown, confidence = walked.leaf.cause, named(walked, causes), causes[0].confidence
    status = _status(shown)
    culprit = None if status is not Status.DIAGNOSED else _culprit(cause, walked, findings)
    service = case.evidence.service
    onset = case.onset if status is not Status.HEALTHY else None
    told_apart = apart(known, case.evidence)
    verdict = Verdict(
        status,
        shown,
        confidence,
        sentence(cause=shown, service=service, culprit=culprit, onset=onset, unseen=unseen(walked)),
        culprit,
        told_apart,
    )
    seen = {one.id: one for finding in findings.values() for one in finding.evidence}
    told = observed(case.clues, case.evidence.window)
    seen |= {one.id: one for one in told}
    return Diagnosis(
        service=service,
        window=case.evidence.window,
        baseline=case.baseline,
        onset=onset,
        verdict=verdict,
        causes=causes,
        suspects=_suspects(case, told),
        path=walked.steps,
        evidence=tuple(sorted(seen.values(), key=lambda one: (-one.strength, one.id))),
        missing=missing(known, case.evidence, ahead=(told_apart.gap,) if told_apart else ()),
        actions=suited(walked.leaf.actions, runtimes(case.evidence)),
        onset_uncertainty_s=case.uncertainty_s if onset is not None else None,
        remedy=walked.leaf.remedy if status is Status.DIAGNOSED else "",
    )


def _status(cause: str) -> Status:
    return Status(cause) if cause in {"healthy", "inconclusive"} else Status.DIAGNOSED


_NEARNESS = {"function": 0, "log-pattern": 1, "dependency": 1, "version": 1}
"""How near a culprit is to what someone can open or call; handlers and resources come last."""


def _culprit(cause: str, walked: Walk, findings: dict[str, Finding]) -> Culprit | None:
    """Whom the findings on the way blame: code before anything else, the last question first."""
    met = [f for f in reversed(list(walked.findings.values())) if f.culprit and f.weights.get(cause, 0.0) > 0]
    rest = [f for _, f in sorted(findings.items()) if f.culprit and f.weights.get(cause, 0.0) > 0]
    rest.sort(key=lambda finding: -finding.strength)
    blamed = [finding.culprit for finding in (*met, *rest) if finding.culprit]
    return min(blamed, key=lambda culprit: _NEARNESS.get(culprit.kind, len(_NEARNESS)), default=None)


def _suspects(case: Case, told: Sequence[Observation]) -> tuple[Suspect, ...]:
    held = [(clue.entity, one.id) for clue, one in zip(case.clues, told, strict=False)]
    return tuple(
        Suspect(entity, score, tuple(key for whom, key in held if whom == entity))
        for entity, score, _, _ in case.suspects
    )


def save(evidence: Evidence) -> dict[str, bytes]:
    """The bundle's files by name."""
    return bundle.pack(evidence, tool=f"diagnose {__version__}")


def reopen(files: dict[str, bytes]) -> Evidence:
    """The evidence of a saved bundle."""
    from diagnose.sources.profiles.decode import decode

    return bundle.unpack(files, decode=decode)


def read_bundle(place: Path) -> dict[str, bytes]:
    """A bundle's files from its folder, or from the report's folder that holds it. Raises BundleError."""
    for root in (place / "bundle", place):
        if (root / bundle.MANIFEST).is_file():
            return {
                path.relative_to(root).as_posix(): path.read_bytes()
                for path in sorted(root.rglob("*"))
                if path.is_file()
            }
    raise BundleError(f"{place}: no {bundle.MANIFEST} here; name a folder that `diagnose incident` wrote")


def library_of(playbook: str) -> Library:
    """A playbook with all that it hands over to, sound as a graph. Raises SpecError with the first thing wrong."""
    from diagnose.playbook.graph import ensure

    library = load(playbook, shelf=folder("playbooks"))
    ensure(library, {name: check.spec for name, check in catalogue().items()})
    return library


def queries_of(library: Library) -> tuple[str, ...]:
    """The PromQL that the questions of a playbook bring along, each once, sorted."""
    asked = (question.parameters.get("promql") for question in questions(library) if question.check == "own.query")
    return tuple(sorted({str(promql) for promql in asked}))
