"""Incidents that were recorded for real, through a real Prometheus, as a person on call would run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.e2e.conftest import Run, diagnose, within

pytestmark = pytest.mark.prometheus

TRUTH: dict[str, tuple[str, tuple[str, ...]]] = {
    "shop-auth_failed": ("auth-failure", ("password authentication failed",)),
    "shop-cpu_hot": ("cpu-hotspot", ("main.matchRules",)),
    "shop-crash_loop": ("crash-loop", ("nil map", "main.main.func5")),
    "shop-db_pool": ("db-pool-exhaustion", ("main.queryOrder", "database/sql")),
    "shop-fd_leak": ("fd-leak", ("main.readTemplate",)),
    "shop-goroutine_leak": ("goroutine-leak", ("main.notifyAudit.func1",)),
    "shop-http_conn_leak": ("connection-leak", ("main.stock", "persistConn")),
    "shop-lock_contention": ("lock-contention", ("main.reprice",)),
    "shop-map_cache": ("memory-leak", ("main.main.func4",)),
    "shop-nil_panic": ("application-error", ("main.main.func4",)),
    "shop-noise": ("healthy", ()),
    "shop-upstream_slow": ("slow-dependency", ("main.stock", "inventory")),
}
ONSET_S = 15.0
CULPRITS = 10


def moment(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def arguments(shared: Path, serve: Callable[[Path], str], case: str, *, shift: float = 0.0) -> list[str]:
    folder = shared / "incidents" / case
    told = json.loads((folder / "case.json").read_text())
    return [
        "incident",
        "--prometheus", serve(shared / "incidents" / told["tsdb"]),
        "--select", f'job="{told["job"]}",instance="{told["instance"]}"',
        "--logs", str(folder / "app.log"),
        "--profiles", str(folder / "profiles"),
        "--start", str(moment(told["start"]) + shift),
        "--end", str(moment(told["end"]) + shift),
        "--no-ask",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def investigate(
    shared: Path, serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Run]:
    """The run on a case; each is made once."""
    made: dict[str, Run] = {}

    def run(case: str) -> Run:
        if case not in made:
            made[case] = within(*arguments(shared, serve, case), out=tmp_path_factory.mktemp("recorded") / case)
        assert made[case].code == 0, made[case].stderr
        return made[case]

    return run


@pytest.mark.parametrize("case", sorted(TRUTH))
def test_the_cause_and_the_onset_are_found(shared: Path, investigate: Callable[[str], Run], case: str) -> None:
    report = investigate(case).report
    assert report["verdict"]["cause"] == TRUTH[case][0]
    if TRUTH[case][1]:
        told = json.loads((shared / "incidents" / case / "case.json").read_text())
        assert abs(moment(report["onset"]) - moment(told["fault_at"])) <= ONSET_S
    else:
        assert report["onset"] is None


def test_the_culprit_is_found_in_nearly_all(investigate: Callable[[str], Run]) -> None:
    blamed = {case: investigate(case).report["verdict"]["culprit"] for case, (_, names) in TRUTH.items() if names}
    wrong = {
        case: told for case, told in blamed.items() if not any(name in json.dumps(told) for name in TRUTH[case][1])
    }
    assert len(blamed) - len(wrong) >= CULPRITS, wrong


@pytest.mark.parametrize("shift", [-60.0, 60.0])
@pytest.mark.parametrize("case", ["shop-goroutine_leak", "shop-auth_failed", "shop-noise"])
def test_a_window_off_by_a_minute_gives_the_same_cause(
    shared: Path, serve: Callable[[Path], str], tmp_path: Path, case: str, shift: float
) -> None:
    done = within(*arguments(shared, serve, case, shift=shift), out=tmp_path / "out")
    assert done.report["verdict"]["cause"] == TRUTH[case][0]


def test_a_replay_gives_the_same_bytes(investigate: Callable[[str], Run], tmp_path: Path) -> None:
    done = investigate("shop-fd_leak")
    again = diagnose("replay", str(done.out / "bundle"), out=tmp_path / "again")
    assert again.code == 0, again.stderr
    for name in ("report.json", "report.md", "report.html"):
        assert (done.out / name).read_bytes() == (again.out / name).read_bytes(), name
