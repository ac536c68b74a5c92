"""When two causes are close, the one observation that would tell them apart is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from diagnose.checks.catalog import catalogue
from diagnose.checks.finding import Answer, Finding, no, unknown, yes
from diagnose.checks.speaks import speaks
from diagnose.playbook import cases, load
from diagnose.playbook.apart import apart
from diagnose.playbook.causes import CAUSES
from diagnose.playbook.diagnosis import RankedCause, TellApart
from diagnose.playbook.missing import Verdicts, missing
from diagnose.playbook.walk import questions, walk
from diagnose.rehearse import rehearse
from diagnose.signals.evidence import Evidence, Gap, Signal
from diagnose.signals.window import Window

SHELF = Path(__file__).parents[2] / "playbooks"
WINDOW = Window(1_770_000_000.0, 1_770_000_600.0)
BOOK = """\
playbook: front
title: Busy, and why
start: busy
nodes:
  busy: {ask: Is it busy?, check: cpu.jumped, yes: garbage, no: => healthy, unknown: => inconclusive}
  garbage: {ask: Is it the collector?, check: gc.dominates, yes: => gc-pressure, no: ours, unknown: ours}
  ours:
    ask: Is it our batch?
    query: {promql: batch_running, above: 0}
    yes: => batch
    no: => cpu-hotspot
    unknown: => cpu-hotspot
causes: {batch: The batch runs}
leaves:
  gc-pressure: {remedy: none}
  cpu-hotspot: {remedy: none}
  batch: {remedy: none}
  healthy: {remedy: none}
  inconclusive: {remedy: none}
"""
BUSY = yes("busy", strength=1.0)
OURS = "own.query(above=0, promql=batch_running)"
OPEN_GC = unknown("nothing tells", Gap(Signal.PROFILE, "no CPU profile", "curl -sS cpu"))
OPEN_OURS = unknown("no value", Gap(Signal.METRIC, "no value of batch_running", "promtool query instant"))


def known(write, findings: Mapping[str, Finding], ranked: Mapping[str, float]) -> Verdicts:  # type: ignore[no-untyped-def]
    library = load.load("front", shelf=write(front=BOOK))
    every = {one.key: unknown("not asked") for one in questions(library)} | dict(findings)
    causes = [RankedCause(cause, share) for cause, share in ranked.items()]
    return Verdicts(library, walk(library, every), causes, every)


def test_the_open_question_with_the_greatest_weight_between_the_two_is_named(write) -> None:  # type: ignore[no-untyped-def]
    close = known(write, {"cpu.jumped": BUSY, "gc.dominates": OPEN_GC}, {"cpu-hotspot": 0.5, "gc-pressure": 0.4})
    gap = Gap(Signal.PROFILE, "no CPU profile", "curl -sS cpu")
    told = TellApart("cpu-hotspot", "gc-pressure", "Is it the collector?", gap, "gc-pressure")
    assert apart(close, Evidence(WINDOW)) == told
    assert missing(close, Evidence(WINDOW, gaps=(Gap(Signal.LOG, "no log", "ls"),)), ahead=(gap,))[0] == gap


def test_a_question_of_ones_own_tells_by_where_it_leads(write) -> None:  # type: ignore[no-untyped-def]
    findings = {"cpu.jumped": BUSY, "gc.dominates": no("no"), OURS: OPEN_OURS}
    told = apart(known(write, findings, {"cpu-hotspot": 0.5, "batch": 0.4}), Evidence(WINDOW))
    assert told
    assert (told.question, told.yes_means) == ("Is it our batch?", "batch")
    assert told.gap.command == "promtool query instant"


@pytest.mark.parametrize(
    "ranked",
    [
        {"cpu-hotspot": 0.9, "gc-pressure": 0.1},
        {"cpu-hotspot": 0.09, "gc-pressure": 0.08},
        {"cpu-hotspot": 0.9},
        {"inconclusive": 0.0, "cpu-hotspot": 0.6, "gc-pressure": 0.1},
        {"cpu-hotspot": 0.5, "disk-full": 0.4, "gc-pressure": 0.1},
    ],
)
def test_where_none_is_close_or_nothing_open_sets_them_apart_none_is_named(
    write,  # type: ignore[no-untyped-def]
    ranked: Mapping[str, float],
) -> None:
    findings = {"cpu.jumped": BUSY, "gc.dominates": no("it does not"), OURS: no("not ours")}
    if "disk-full" not in ranked:
        findings |= {"gc.dominates": OPEN_GC}
    assert apart(known(write, findings, ranked), Evidence(WINDOW)) is None


def test_beside_health_nothing_is_told_apart(write) -> None:  # type: ignore[no-untyped-def]
    healthy = known(write, {"cpu.jumped": no("calm")}, {"healthy": 0.5, "gc-pressure": 0.4, "cpu-hotspot": 0.4})
    assert apart(healthy, Evidence(WINDOW)) is None


@pytest.mark.parametrize("name", sorted(load.on_shelf(SHELF)))
def test_a_check_says_what_was_promised_for_it(name: str) -> None:
    """GIVEN what a yes of each check would say, WHEN the shipped tests make it say yes, THEN it says no other cause"""
    library = load.load("triage", shelf=SHELF)
    asked = {question.key: question for question in questions(library)}
    for case in cases.read_file(SHELF / f"{name}{load.TEST_SUFFIX}")[0].cases:
        for key, finding in (rehearse(case.staged, library) if case.staged else {}).items():
            if finding.answer is Answer.YES and (loud := {c for c, w in finding.weights.items() if w > 1.0}):
                promised = speaks(asked[key].check, asked[key].parameters)
                assert loud <= promised.keys(), key


def test_every_promise_is_of_a_check_and_a_cause_that_ship() -> None:
    library = load.load("triage", shelf=SHELF)
    promised = {one.check: speaks(one.check, one.parameters) for one in questions(library)}
    assert {cause for weights in promised.values() for cause in weights} <= CAUSES.keys()
    assert {check for check, weights in promised.items() if weights} <= catalogue().keys()
    assert len({check for check, weights in promised.items() if weights}) > 20
