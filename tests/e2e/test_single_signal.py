"""One signal alone gives a sensible verdict or an honest inconclusive, never a sure wrong one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Recording, Run, recording, within
from tests.e2e.test_recorded import TRUTH, arguments

SURE = 0.6
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


def options(case: Recording, signal: str) -> list[str]:
    return {"log": case.logs, "metric": ["--metrics", str(case.metrics)], "profile": case.profiles}[signal]


def judge(done: Run, cause: str, signal: str) -> None:
    assert done.code == 0, done.stderr
    report = done.report
    verdict = report["verdict"]
    assert verdict["cause"] in {cause, "inconclusive"} or verdict["confidence"] < SURE, verdict
    # What was not given is said, with the command that would get it.
    missing = {gap["signal"] for gap in report["missing"] if gap["command"]}
    assert missing >= set(SIGNALS) - {signal}
    assert {one["signal"] for one in report["evidence"]} <= {signal, "change"}  # a change is read from the others
    if verdict["status"] == "inconclusive":
        assert report["actions"] or report["missing"]


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("case", CASES)
def test_of_a_recording_that_ships(root: Path, tmp_path: Path, case: str, signal: str) -> None:
    one = recording(root, case)
    if signal == "profile" and not one.profiles:
        pytest.skip("this service offers no profiles")
    done = within("incident", *options(one, signal), *one.window, "--no-ask", out=tmp_path / "out")
    judge(done, one.truth["cause"], signal)


@pytest.mark.prometheus
@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("case", sorted(TRUTH))
def test_of_a_recorded_incident(
    shared: Path, serve: Callable[[Path], str], tmp_path: Path, case: str, signal: str
) -> None:
    given = arguments(shared, serve, case)
    for other in {"--logs", "--prometheus", "--profiles"} - {SIGNALS[signal].replace("metrics", "prometheus")}:
        del given[given.index(other) : given.index(other) + 2]
    judge(within(*given, out=tmp_path / "out"), TRUTH[case][0], signal)


def test_a_log_that_says_nothing_is_not_health(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("".join(f"2026-01-31T03:{i // 60:02}:{i % 60:02}Z INFO item {i} done\n" for i in range(60)))
    done = within("incident", "--logs", str(log), "--no-ask", "--json", out=tmp_path / "out")
    verdict = json.loads(done.stdout)["verdict"]
    assert verdict["cause"] == "inconclusive" or verdict["confidence"] < SURE
