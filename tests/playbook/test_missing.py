"""What is missing: that first which could change the verdict most, each with a command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from diagnose.checks.finding import Answer, Finding, no, unknown, yes
from diagnose.playbook import load
from diagnose.playbook.again import exact
from diagnose.playbook.diagnosis import RankedCause
from diagnose.playbook.missing import Verdicts, missing
from diagnose.playbook.walk import walk
from diagnose.signals.events import LogDigest, LogSource
from diagnose.signals.evidence import Evidence, Gap, Signal
from diagnose.signals.series import Series
from diagnose.signals.window import Window

WINDOW = Window(1_770_000_000.0, 1_770_000_600.0)
SPAN = "--start 2026-02-02T02:40:00Z --end 2026-02-02T02:50:00Z"
ONE = np.array([1.0])
UP = Series("up", (), ONE, ONE)
LOGS = LogDigest(WINDOW, 15.0, (LogSource("a b.log", "json", 1, 1, 0),), {}, ())

CHAIN = """\
playbook: chain
title: One question after another
start: same
nodes:
  same: {ask: Does nothing depend on it?, check: a.same, yes: rare, no: rare, unknown: rare}
  rare: {ask: Is it the rare one?, check: a.rare, yes: => dns-failure, no: likely, unknown: likely}
  likely: {ask: Is it the likely one?, check: a.likely, yes: => disk-full, no: end, unknown: end}
  end: {ask: Is it the last one?, check: a.end, yes: => oom-kill, no: => inconclusive, unknown: => inconclusive}
leaves:
  dns-failure: {remedy: none}
  disk-full: {remedy: none}
  oom-kill: {remedy: none}
  inconclusive:
    missing: [{signal: change, why: nobody lists changes}]
"""
CAUSES = (RankedCause("inconclusive", 0.0), RankedCause("disk-full", 0.4), RankedCause("dns-failure", 0.1))


def open_(why: str, signal: Signal = Signal.METRIC) -> Finding:
    return unknown(why, Gap(signal, why, f"get {why}"))


def told(write, findings: Mapping[str, Finding], evidence: Evidence) -> list[str]:  # type: ignore[no-untyped-def]
    shelf: Path = write(chain=CHAIN)
    library = load.load("chain", shelf=shelf)
    known = Verdicts(library, walk(library, findings), CAUSES, findings)
    return [gap.why for gap in missing(known, evidence)]


def test_the_answer_that_could_change_most_comes_first(write) -> None:  # type: ignore[no-untyped-def]
    findings = {name: open_(name) for name in ("a.same", "a.rare", "a.likely")} | {"a.end": no("it is not")}
    assert told(write, findings, Evidence(WINDOW)) == ["a.likely", "a.rare", "a.same", "nobody lists changes"]


def test_a_source_is_worth_all_questions_that_wait_for_it(write) -> None:  # type: ignore[no-untyped-def]
    findings = {
        "a.same": no("no"),
        "a.rare": open_("a.rare", Signal.LOG),
        "a.likely": open_("a.likely", Signal.PROFILE),
        "a.end": open_("a.end", Signal.LOG),
    }
    gaps = (
        Gap(Signal.PROFILE, "no profiles", "p"),
        Gap(Signal.METRIC, "no metrics", "m"),
        Gap(Signal.LOG, "no log", "l"),
    )
    assert told(write, findings, Evidence(WINDOW, gaps=gaps)) == [
        "no log", "no profiles", "a.likely", "a.rare", "a.end", "no metrics", "nobody lists changes"
    ]  # fmt: skip


def test_what_one_run_fills_is_told_once(write) -> None:  # type: ignore[no-untyped-def]
    command = "diagnose incident --logs FILE ..."
    findings = {"a.rare": unknown("no log to read", Gap(Signal.LOG, "no log to read", command))}
    gaps = (Gap(Signal.LOG, "no log was given", command),)
    assert told(write, findings, Evidence(WINDOW, gaps=gaps)) == ["no log was given", "nobody lists changes"]


def test_an_answered_question_is_not_missing(write) -> None:  # type: ignore[no-untyped-def]
    findings = {"a.rare": yes("it is", strength=1.0), "a.likely": open_("a.likely")}
    assert told(write, findings, Evidence(WINDOW)) == []
    assert findings["a.likely"].answer is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("evidence", "signal", "command"),
    [
        (Evidence(WINDOW), Signal.LOG, f"diagnose incident {SPAN} --logs FILE"),
        (
            Evidence(WINDOW, select='job="a"', prometheus="http://p:9090", series=(UP,)),
            Signal.LOG,
            f"""diagnose incident {SPAN} --prometheus http://p:9090 --select 'job="a"' --logs FILE""",
        ),
        (
            Evidence(WINDOW, series=(UP,), logs=LOGS),
            Signal.PROFILE,
            f"diagnose incident {SPAN} --metrics FILE --logs 'a b.log' --profiles http://SERVICE:6060/debug/pprof",
        ),
        (
            Evidence(WINDOW, logs=LOGS),
            Signal.METRIC,
            f"""diagnose incident {SPAN} --prometheus URL --select 'job="NAME"' --logs 'a b.log'""",
        ),
    ],
)
def test_an_absent_signal_is_had_by_a_run_with_all_that_was_given(
    evidence: Evidence, signal: Signal, command: str
) -> None:
    for before in (None, "diagnose incident ..."):
        assert exact(Gap(signal, "absent", before), evidence).command == command


def test_a_run_that_shall_begin_earlier_begins_a_window_earlier() -> None:
    gap = Gap(Signal.METRIC, "no quiet time", "diagnose incident --start EARLIER ...")
    command = exact(gap, Evidence(WINDOW, series=(UP,), logs=LOGS)).command
    span = "--start 2026-02-02T02:30:00Z --end 2026-02-02T02:50:00Z"
    assert command == f"diagnose incident {span} --metrics FILE --logs 'a b.log'"


def test_another_run_is_no_help_where_the_signal_was_given() -> None:
    gap = Gap(Signal.METRIC, "no metric tells it", "diagnose incident --prometheus URL ...")
    assert exact(gap, Evidence(WINDOW, series=(UP,))).command == "curl -sS -m 5 http://SERVICE/metrics"


def test_a_command_of_its_own_stays_and_none_is_without() -> None:
    assert exact(Gap(Signal.LOG, "empty", "ls -l a.log"), Evidence(WINDOW)).command == "ls -l a.log"
    assert exact(Gap(Signal.METRIC, "odd", None), Evidence(WINDOW, series=(UP,))).command
    assert all(exact(Gap(signal, "why"), Evidence(WINDOW)).command for signal in Signal)
