"""One signal alone gives a sensible verdict or an honest inconclusive, never a sure wrong one."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import Run, recording, within
from tests.e2e.test_recorded import TRUTH, arguments

SURE, CERTAIN = 0.6, 0.8
MOST_WRONG = 3  # of some thirty verdicts from one signal each
CASES = (
    "meter-cond",
    "meter-grid-refused",
    "node-clone",
    "node-healthy-wave",
    "parcel-dbhold",
    "parcel-healthy-deploy",
    "parcel-healthy-noprofiles",
    "py-job-crash",
    "py-open-files",
)
SIGNALS = {"log": "--logs", "metric": "--metrics", "profile": "--profiles"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A run on one signal, and what is true."""

    done: Run
    cause: str
    signal: str

    @property
    def wrong_at(self) -> float:
        """How sure a wrong verdict is; 0 for a right one and for an honest inconclusive."""
        verdict = self.done.report["verdict"]
        return 0.0 if verdict["cause"] in {self.cause, "inconclusive"} else float(verdict["confidence"])


Judge = Callable[[str, str], Judged]


@pytest.fixture(scope="module")
def shipped(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """The verdict on a recording that ships from one signal; each is made once."""

    @functools.cache
    def judge(case: str, signal: str) -> Judged:
        one = recording(root, case)
        given = {"log": one.logs, "metric": ["--metrics", str(one.metrics)], "profile": one.profiles}[signal]
        if not given:
            pytest.skip("this service offers no profiles")
        done = within("incident", *given, *one.window, "--no-ask", out=tmp_path_factory.mktemp("alone") / "out")
        return Judged(done, one.truth["cause"], signal)

    return judge


@pytest.fixture(scope="module")
def recorded(shared: Path, serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """The same for the incidents behind a real Prometheus."""

    @functools.cache
    def judge(case: str, signal: str) -> Judged:
        given = arguments(shared, serve, case)
        for other in {"--logs", "--prometheus", "--profiles"} - {SIGNALS[signal].replace("metrics", "prometheus")}:
            del given[given.index(other) : given.index(other) + 2]
        return Judged(within(*given, out=tmp_path_factory.mktemp("alone") / "out"), TRUTH[case][0], signal)

    return judge


def is_sensible(judged: Judged) -> None:
    assert judged.done.code == 0, judged.done.stderr
    report = judged.done.report
    assert judged.wrong_at < CERTAIN, report["verdict"]
    # What was not given is said, with the command that would get it.
    missing = {gap["signal"] for gap in report["missing"] if gap["command"]}
    assert missing >= set(SIGNALS) - {judged.signal}
    # A change, such as a restart, is read from the other signals.
    assert {one["signal"] for one in report["evidence"]} <= {judged.signal, "change"}
    if report["verdict"]["status"] == "inconclusive":
        assert report["actions"] or report["missing"]


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("case", CASES)
def test_of_a_recording_that_ships(shipped: Judge, case: str, signal: str) -> None:
    is_sensible(shipped(case, signal))


@pytest.mark.prometheus
@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("case", sorted(TRUTH))
def test_of_a_recorded_incident(recorded: Judge, case: str, signal: str) -> None:
    is_sensible(recorded(case, signal))


def sure_and_wrong(judge: Judge, cases: Iterable[str], without: Collection[str] = ()) -> dict[tuple[str, str], float]:
    asked = [(case, signal) for case in cases for signal in SIGNALS if (signal, case) not in without]
    found = {(case, signal): judge(case, signal).wrong_at for case, signal in asked}
    return {where: wrong for where, wrong in found.items() if wrong >= SURE}


def test_a_log_that_says_nothing_is_not_health(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("".join(f"2026-01-31T03:{i // 60:02}:{i % 60:02}Z INFO item {i} done\n" for i in range(60)))
    done = within("incident", "--logs", str(log), "--no-ask", "--json", out=tmp_path / "out")
    verdict = json.loads(done.stdout)["verdict"]
    assert verdict["cause"] == "inconclusive" or verdict["confidence"] < SURE


def test_hardly_any_verdict_on_what_ships_is_sure_and_wrong(root: Path, shipped: Judge) -> None:
    bare = {("profile", case) for case in CASES if not recording(root, case).profiles}
    found = sure_and_wrong(shipped, CASES, bare)
    assert len(found) <= MOST_WRONG, found


@pytest.mark.prometheus
def test_hardly_any_verdict_on_an_incident_is_sure_and_wrong(recorded: Judge) -> None:
    found = sure_and_wrong(recorded, TRUTH)
    assert len(found) <= MOST_WRONG, found
