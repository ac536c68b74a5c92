"""What the view decides: order, what is shown, what was ruled out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diagnose.checks.catalog import catalogue
from diagnose.checks.finding import Answer, Culprit
from diagnose.errors import DiagnoseError
from diagnose.playbook.diagnosis import Asked, Branch, RankedCause, Step
from diagnose.report import html, shelf
from diagnose.report.axis import AXIS
from diagnose.report.model import View
from diagnose.report.thresholds import threshold
from diagnose.report.view import view
from diagnose.signals.changes import Change
from diagnose.signals.evidence import Evidence, Gap, Signal
from diagnose.signals.series import Measure, Role
from diagnose.signals.window import Window
from tests.report import scenes


def shown(scene: scenes.Scene) -> View:
    diagnosis, evidence, measures = scene
    return view(diagnosis=diagnosis, evidence=evidence, measures=measures)


def test_the_metric_that_moved_first_stands_on_top() -> None:
    moved = [row.label for row in shown(scenes.leak()).timeline.rows if row.tone == "moved"]
    assert moved == ["Goroutines", "Heap", "CPU use"]


def test_traffic_and_latency_are_shown_for_context() -> None:
    rows = {row.label: row for row in shown(scenes.leak()).timeline.rows}
    assert rows["Requests"].tone == "steady"
    assert rows["Tail latency"].tone == "steady"
    assert rows["Requests"].change == "−1%"


@pytest.mark.parametrize(("seconds", "told"), [(61.0, "Requests come in waves of 60 s, as"), (None, "")])
def test_a_load_that_repeats_itself_is_told_in_words(seconds: float | None, told: str) -> None:
    diagnosis, evidence, measures = scenes.leak()
    times = scenes.START + np.arange(240) * 2.0
    dice = np.random.default_rng(1).normal(scale=2.0, size=240)
    wave = 30 * np.sin(2 * np.pi * np.arange(240) * 2.0 / seconds) if seconds else 0.0
    load = Measure(Role.REQUESTS, "requests", "orders", "", "requests/s", times, 50.0 + wave + dice, "requests")
    assert shown((diagnosis, evidence, (load, *measures))).rhythm.startswith(told)
    assert bool(shown((diagnosis, evidence, (load, *measures))).rhythm) == bool(told)


@pytest.mark.parametrize(
    ("culprit", "noun", "short", "place", "note"),
    [
        (Culprit("resource", "nodejs_heap_bytes", "memory"), "resource", "memory", "", "told by nodejs_heap_bytes"),
        (Culprit("resource", "connection pool", "connection pool"), "resource", "connection pool", "", ""),
        (Culprit("resource", "hikaricp", "connection pool"), "connection pool", "hikaricp", "", ""),
        (Culprit("dependency", "orders_rates_call_seconds", "orders_rates_call_seconds"),
         "dependency", "rates call", "", "told by orders_rates_call_seconds"),
        (Culprit("dependency", "rates", "orders_upstream_seconds"),
         "dependency", "rates", "", "told by orders_upstream_seconds"),
        (Culprit("version", "orders_build_info version: 1.0 -> 1.1", "orders"), "version", "1.0 → 1.1", "",
         "told by orders_build_info"),
        (Culprit("function", "a.org/b/api.Run", "/api.go:3 (no space: no space)"),
         "function", "api.Run", "/api.go:3", "no space"),
    ],
)  # fmt: skip
def test_a_culprit_is_named_in_plain_words_and_its_metric_stands_behind(
    culprit: Culprit, noun: str, short: str, place: str, note: str
) -> None:
    diagnosis, evidence, measures = scenes.leak()
    blamed = replace(diagnosis, verdict=replace(diagnosis.verdict, culprit=culprit))
    told = shown((blamed, evidence, measures)).verdict.culprit
    assert told
    assert (told.noun, told.short, told.place, told.note) == (noun, short, place, note)
    assert (told.name, told.location) == (culprit.name, culprit.location)


def test_actions_come_in_the_order_of_time() -> None:
    assert [action.when for action in shown(scenes.leak()).actions] == ["now", "now", "next", "later"]


def test_a_rejected_way_is_told_by_its_question() -> None:
    diagnosis, evidence, measures = scenes.leak()
    ways = (Branch(Answer.YES, "memory: Does it grow?"), Branch(Answer.UNKNOWN, "inconclusive"))
    step = Step("cpu", "Did CPU jump?", Answer.NO, "it did not", (), "data", ways)
    found = shown((replace(diagnosis, path=(step,), causes=()), evidence, measures))
    assert found.excluded == ()
    assert found.path[0].ways == (("yes", "Does it grow?"), ("not known", "Inconclusive"))


def test_what_is_ruled_out_comes_in_the_words_of_the_check_that_asked_for_it() -> None:
    diagnosis, evidence, measures = scenes.leak()
    asked = tuple(Asked("log.says", {"cause": cause}) for cause in ("disk-full", "dns-failure"))
    wide = Branch(Answer.YES, "words: Which?", ("disk-full", "dns-failure"))
    wider = Branch(Answer.YES, "all: Anything?", tuple(f"cause-{i}" for i in range(11)))
    path = (
        Step("named", "Named?", Answer.NO, "no full disk; all names resolve", (), "data", (wide,), asked),
        Step("cpu", "CPU?", Answer.NO, "CPU is calm", (), "data", (Branch(Answer.YES, "x", ("cpu-hotspot",)),)),
        Step("own", "Leak?", Answer.NO, "no", (), "data", (Branch(Answer.YES, "x", ("goroutine-leak",)),)),
        Step("wrong", "Anything?", Answer.NO, "no", (), "data", (wider,)),
    )
    found = shown((replace(diagnosis, path=path), evidence, measures)).excluded
    assert [(one.cause, one.because) for one in found][-3:] == [
        ("cpu-hotspot", "CPU is calm"),
        ("disk-full", "no full disk"),
        ("dns-failure", "all names resolve"),
    ]


def test_a_way_to_where_the_walk_went_is_not_rejected() -> None:
    diagnosis, evidence, measures = scenes.leak()
    first = Step("a", "A?", Answer.NO, "", (), "data", (Branch(Answer.YES, "x"), Branch(Answer.UNKNOWN, "b: B?")))
    found = shown((replace(diagnosis, path=(first, Step("b", "B?", Answer.YES, ""))), evidence, measures))
    assert found.path[0].ways == (("yes", "X"),)
    assert len(found.path[0].not_taken) == 2


def test_a_reason_that_rules_out_several_causes_is_told_once() -> None:
    said = tuple(Asked("log.says", {"cause": cause}) for cause in ("disk-full", "tls-certificate", "dns-failure"))
    ways = (Branch(Answer.YES, "words: Which?", ("disk-full", "tls-certificate")),)
    step = Step("named", "Named?", Answer.NO, "no full disk; and 2 more like these", (), "data", ways, said)
    diagnosis, evidence, measures = scenes.leak()
    found = shown((replace(diagnosis, path=(step,), causes=()), evidence, measures))
    assert [(one.title, one.because) for one in found.ruled_out] == [
        ("Disk full, TLS certificate", "no new message speaks of it")
    ]
    assert [one.cause for one in found.excluded] == ["disk-full", "tls-certificate"]


def test_a_release_is_told_by_its_versions_and_not_by_its_metric() -> None:
    diagnosis, evidence, measures = scenes.leak()
    title = "orders_build_info version: 1.8.1 -> 1.8.2"
    change = replace(diagnosis.evidence[0], signal=Signal.CHANGE, title=title, baseline=None, observed=None)
    found = shown((replace(diagnosis, evidence=(change,)), evidence, measures)).evidence[0]
    assert (found.head, found.detail) == ("Version 1.8.1 → 1.8.2", "told by orders_build_info")
    assert (found.title, found.numbers) == (title, "")


def test_lines_of_a_log_are_told_a_minute_and_an_error_once() -> None:
    diagnosis, evidence, measures = scenes.leak()
    title = "new: cannot save: java.io.IOException: cannot save"
    said = replace(diagnosis.evidence[0], signal=Signal.LOG, title=title, unit="1/s", baseline=0.0, observed=0.06)
    found = shown((replace(diagnosis, evidence=(said,)), evidence, measures)).evidence[0]
    assert (found.head, found.numbers, found.observed) == ("New: cannot save", "0/min → 3.6/min", 0.06)


def test_words_that_the_reader_puts_into_a_command_are_named() -> None:
    diagnosis, evidence, measures = scenes.leak()
    commands = ("kubectl exec POD -- curl URL; echo $HOST 'MY_NAME' POD", "kubectl get pods")
    actions = tuple(replace(diagnosis.actions[1], command=command) for command in commands)
    found = shown((replace(diagnosis, actions=actions), evidence, measures))
    assert [action.own for action in found.actions] == ["POD and URL", ""]


def test_the_verdict_is_never_ruled_out() -> None:
    diagnosis, evidence, measures = scenes.leak()
    causes = (RankedCause("goroutine-leak", 0.05, (), ("e5",)), RankedCause("memory-leak", 0.05, (), ("e5",)))
    found = shown((replace(diagnosis, causes=causes, path=()), evidence, measures))
    assert [one.cause for one in found.excluded] == ["memory-leak"]


@pytest.mark.parametrize("ref", ["profile:99", "profile:-1", "profile:x", "profile:" + "9" * 50, "nothing/of/this", ""])
def test_a_reference_to_nothing_is_shown_without_a_picture(ref: str) -> None:
    diagnosis, evidence, measures = scenes.leak()
    found = shown((replace(diagnosis, evidence=(replace(diagnosis.evidence[0], ref=ref),)), evidence, measures))
    assert found.evidence[0].chart is None
    assert found.evidence[0].hot == ()


def test_nothing_at_all_can_be_told() -> None:
    found = shown(scenes.bare())
    assert found.timeline.rows == ()
    assert found.verdict.tenths == 0
    assert len(found.missing) == 6


def test_an_onset_outside_the_window_is_told() -> None:
    diagnosis, _, _ = scenes.leak()
    found = shown((replace(diagnosis, onset=scenes.START - 60, baseline=None), Evidence(scenes.WINDOW), ()))
    assert found.onset
    assert found.onset.moment.x < 0


def test_the_shelf_finds_what_ships_and_says_what_is_missing() -> None:
    assert (shelf.folder("reports") / "report.html.j2").is_file()
    with pytest.raises(DiagnoseError, match="install"):
        shelf.folder("no-such-folder")


def test_plain_noes_are_folded_and_nothing_is_lost() -> None:
    diagnosis, evidence, measures = scenes.leak()
    noes = tuple(Step(f"n{i}", f"Is it {i}?", Answer.NO, "") for i in range(6))
    page = html.render(shown((replace(diagnosis, path=(*diagnosis.path[:1], *noes)), evidence, measures)))
    assert "6 more questions" in page
    assert all(f"Is it {i}?" in page for i in range(6))


@pytest.mark.parametrize("seconds", [0.001, 1, 59, 3600, 86400 * 7, 86400 * 3650])
def test_any_window_can_be_drawn(seconds: float) -> None:
    diagnosis, evidence, measures = scenes.leak()
    window = Window(scenes.START, scenes.START + seconds)
    found = shown((replace(diagnosis, window=window), replace(evidence, window=window), measures))
    assert len(found.timeline.ticks) <= 10
    assert all(0 <= x <= AXIS for x, _ in found.timeline.ticks)
    assert html.render(found).startswith("<!doctype html>")


def test_counts_of_another_length_than_the_window_are_fitted() -> None:
    diagnosis, evidence, measures = scenes.leak()
    assert evidence.logs
    levels = {level: counts[:50] for level, counts in evidence.logs.levels.items()}
    found = shown((diagnosis, replace(evidence, logs=replace(evidence.logs, levels=levels)), measures))
    assert any(row.label == "Log lines" for row in found.timeline.rows)


@pytest.mark.parametrize(
    ("test", "told"),
    [
        (Asked("cpu.jumped", {}), "cpu.jumped: ratio 1.5, 0.05 cores"),
        (Asked("cpu.jumped", {"ratio": 3}), "cpu.jumped: ratio 3, 0.05 cores"),
        (Asked("goroutines.stuck", {"kind": "leak"}), "goroutines.stuck: at least 40%, kind leak"),
        (Asked("log.errors", {"own": True}), "log.errors: at least 40%, own"),
        (Asked("config.changed", {"before_s": 60}), "config.changed: before 60 s, after 10 s"),
        (Asked("gone.check", {"words": ("a", "b"), "none": ()}), "gone.check: words a, b"),
    ],
)
def test_a_question_tells_the_thresholds_it_was_measured_by(test: Asked, told: str) -> None:
    assert threshold(test, catalogue()) == told


def test_a_step_tells_what_its_evidence_showed() -> None:
    step = next(step for step in shown(scenes.leak()).path if step.node == "goroutines")
    assert step.numbers[0] == ("e1", "38 → 1,240 goroutines")
    assert step.tests == ("goroutines.stuck: at least 60%, kind leak",)


@pytest.mark.parametrize(
    ("name", "kind", "path", "brief"),
    [
        ("example.org/lab/api.(*Store).Load", "function", "example.org/lab/", "api.(*Store).Load"),
        ("main.load", "function", "", "main.load"),
        ("com.acme.ledger.PoolKeeper.take", "function", "com.acme.ledger.", "PoolKeeper.take"),
        ("app.pool.take", "function", "", "app.pool.take"),
        ("lib/db.js:take", "function", "lib/", "db.js:take"),
        ("GET /a/b failed", "log-pattern", "", "GET /a/b failed"),
    ],
)
def test_a_culprit_is_named_without_its_path(name: str, kind: str, path: str, brief: str) -> None:
    diagnosis, evidence, measures = scenes.leak()
    blamed = Culprit(kind, name, "/src/a.go:31 (panic: index out of range)")
    verdict = replace(diagnosis.verdict, culprit=blamed)
    culprit = shown((replace(diagnosis, verdict=verdict), evidence, measures)).verdict.culprit
    assert culprit
    assert (culprit.path, culprit.short) == (path, brief)
    assert (culprit.place, culprit.note) == ("/src/a.go:31", "panic: index out of range")


def test_profiles_taken_together_are_one_mark() -> None:
    diagnosis, evidence, measures = scenes.leak()
    taken = (*evidence.profiles, scenes.goroutines(7, scenes.START + 211, "again.pb.gz"))
    row = shown((diagnosis, replace(evidence, profiles=taken), measures)).timeline.rows[-1]
    assert (row.label, row.observed, len(row.marks)) == ("Profiles", "3", 2)


def test_a_reason_that_holds_for_many_is_given_once() -> None:
    diagnosis, evidence, _ = scenes.bare()
    many = tuple(Gap(Signal.PROFILE, f"{i}.pb.gz: empty file", "capture again") for i in range(5))
    gaps = shown((replace(diagnosis, missing=(*many, Gap(Signal.LOG, "no log was given", None))), evidence, ())).gaps
    assert [gap.whys for gap in gaps] == [("5, from 0.pb.gz to 4.pb.gz: empty file",), ("no log was given",)]


def test_a_change_of_the_service_itself_does_not_repeat_its_name() -> None:
    diagnosis, evidence, measures = scenes.leak()
    elsewhere = Change(scenes.START + 200, "version", "inventory", "version 3 → 4", "metric build_info")
    rows = shown((diagnosis, replace(evidence, changes=(*evidence.changes, elsewhere)), measures)).timeline.rows
    assert [mark.title for mark in rows[0].marks] == ["version 1.8.1 → 1.8.2", "version 3 → 4, inventory"]
