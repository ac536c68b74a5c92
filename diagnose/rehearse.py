"""A playbook's test through the real sources and checks: what staged signals make the checks answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from diagnose.checks.catalog import catalogue
from diagnose.checks.examine import align, examine
from diagnose.checks.finding import Finding
from diagnose.errors import SpecError
from diagnose.investigate import Request, collect, read_bundle, reopen
from diagnose.playbook.model import Library
from diagnose.playbook.staged import BEGIN, Staged
from diagnose.playbook.walk import questions
from diagnose.signals.evidence import Evidence
from diagnose.signals.profile import Profile


def rehearse(staged: Staged, library: Library) -> dict[str, Finding]:
    """The findings of all questions of the playbooks, by key. SpecError when a profile is none, or BundleError."""
    case = align(_evidence(staged))
    return examine(case, [(one.key, one.check, one.parameters) for one in questions(library)], catalogue())


def _evidence(staged: Staged) -> Evidence:
    if staged.bundle is not None:
        return reopen(read_bundle(staged.bundle))
    profiles = tuple(_profiles(staged))
    if not staged.series and not staged.log:
        return Evidence(staged.window, profiles=profiles)
    with TemporaryDirectory() as folder:
        metrics, log = Path(folder, "metrics.txt"), Path(folder, "service.log")
        metrics.write_text(staged.metrics(), encoding="utf-8")
        log.write_text(staged.text(), encoding="utf-8")
        request = Request(
            staged.window,
            metrics=str(metrics) if staged.series else "",
            logs=(str(log),) if staged.log else (),
        )
        return replace(collect(request, progress=lambda _: None), profiles=profiles)


def _profiles(staged: Staged) -> Iterator[Profile]:
    from diagnose.sources.profiles import files

    for at, path in staged.profiles:
        found, gaps = files.collect([str(path)])
        if not found:
            raise SpecError(f"{path}: no profile; {'; '.join(gap.why for gap in gaps)}")
        yield from (replace(profile, taken_at=BEGIN + at) for profile in found)
