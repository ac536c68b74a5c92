"""A PromQL query of a playbook of one's own, asked of a real Prometheus over the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Run, recording, within

pytestmark = pytest.mark.prometheus

CASE = "parcel-receive"
CROWD = """\
playbook: crowd
title: Goroutines of all pods together
start: many
nodes:
  many:
    ask: Are there far more goroutines than a service of this kind needs?
    query: {promql: 'sum by (job) (go_goroutines) + 0', above: ABOVE, lasting: 1m}
    yes: refused
    no: => healthy
    unknown: => inconclusive
  refused:
    ask: Does a query that is none stay unknown?
    query: {promql: 'rate(go_goroutines)', above: 1}
    yes: => healthy
    no: => healthy
    unknown: => too-many
causes:
  too-many: More goroutines than anybody needs
leaves:
  too-many: {remedy: Bound them.}
"""


@pytest.fixture(scope="module")
def run(
    root: Path, serve: Callable[[Path], str], blocks: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Run]:
    one = recording(root, CASE)
    served = serve(blocks([one.metrics]))

    def with_bound(above: str, *more: str) -> Run:
        folder = tmp_path_factory.mktemp("own")
        (folder / "crowd.yaml").write_text(CROWD.replace("ABOVE", above), encoding="utf-8")
        told = ["incident", "--prometheus", served, "--select", one.truth["select"], *one.window, *more]
        return within(*told, "--playbook", str(folder / "crowd.yaml"), "--no-ask", out=folder / "out")

    return with_bound


def test_the_query_answers_and_a_wrong_one_is_a_gap(run: Callable[..., Run]) -> None:
    done = run("150")
    assert done.code == 0, done.stderr
    report = done.report
    first, second = report["path"][:2]
    assert (first["answer"], second["answer"]) == ("yes", "unknown")
    assert first["because"].startswith("sum by (job) (go_goroutines) + 0 reached ")
    assert "beyond 150" in first["because"]
    assert report["verdict"]["cause"] == "too-many"
    refused = [gap for gap in report["missing"] if "rate(go_goroutines)" in gap["why"]]
    assert any("refuses the query" in gap["why"] for gap in refused)
    assert all(gap["command"].startswith("promtool query range --start=") for gap in refused)


def test_a_bound_that_is_not_reached_is_a_no(run: Callable[..., Run]) -> None:
    step = run("1000000").report["path"][0]
    assert step["answer"] == "no"


def test_the_answers_are_in_the_bundle_and_change_nothing_else(
    root: Path, run: Callable[..., Run], tmp_path: Path
) -> None:
    done = run("150")
    again = within("replay", str(done.out), out=tmp_path / "again")
    assert (again.out / "report.json").read_bytes() == (done.out / "report.json").read_bytes()
    plain = within("replay", str(done.out), "--playbook", "triage", out=tmp_path / "plain").report
    assert plain["verdict"]["cause"] == recording(root, CASE).truth["cause"]
    assert [one["entity"] for one in plain["suspects"]] == [one["entity"] for one in done.report["suspects"]]
    assert not any("__query__" in one["id"] + one["reproduce"] for one in plain["evidence"])
