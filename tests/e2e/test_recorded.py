"""Incidents that were recorded for real, through a real Prometheus, as a person on call would run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Run, diagnose

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


def run(shared: Path, serve: Callable[[Path], str], case: str, out: Path, *, shift: float = 0.0) -> tuple[Run, dict[str, Any]]:
    folder = shared / "incidents" / case
    told = json.loads((folder / "case.json").read_text())
    done = diagnose(
        "incident",
        "--prometheus", serve(shared / "incidents" / told["tsdb"]),
        "--select", f'job="{told["job"]}",instance="{told["instance"]}"',
        "--logs", str(folder / "app.log"),
        "--profiles", str(folder / "profiles"),
        "--start", str(moment(told["start"]) + shift),
        "--end", str(moment(told["end"]) + shift),
        "--no-ask",
        out=out,
    )  # fmt: skip
    assert done.code == 0, done.stderr
    return done, told


def moment(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@pytest.mark.parametrize("case", sorted(TRUTH))
def test_cause_culprit_and_onset(shared: Path, serve: Callable[[Path], str], tmp_path: Path, case: str) -> None:
    done, told = run(shared, serve, case, tmp_path / "out")
    cause, names = TRUTH[case]
    verdict = done.report["verdict"]
    assert verdict["cause"] == cause
    if names:
        assert any(name in json.dumps(verdict["culprit"]) for name in names), verdict["culprit"]
        assert abs(moment(done.report["onset"]) - moment(told["fault_at"])) <= ONSET_S
    else:
        assert done.report["onset"] is None


@pytest.mark.parametrize("shift", [-60.0, 60.0])
@pytest.mark.parametrize("case", ["shop-goroutine_leak", "shop-auth_failed", "shop-noise"])
def test_a_window_off_by_a_minute_gives_the_same_cause(
    shared: Path, serve: Callable[[Path], str], tmp_path: Path, case: str, shift: float
) -> None:
    done, _ = run(shared, serve, case, tmp_path / "out", shift=shift)
    assert done.report["verdict"]["cause"] == TRUTH[case][0]


def test_a_replay_gives_the_same_bytes(shared: Path, serve: Callable[[Path], str], tmp_path: Path) -> None:
    done, _ = run(shared, serve, "shop-db_pool", tmp_path / "first")
    again = diagnose("replay", str(done.out / "bundle"), out=tmp_path / "again")
    assert again.code == 0, again.stderr
    for name in ("report.json", "report.md", "report.html"):
        assert (done.out / name).read_bytes() == (again.out / name).read_bytes(), name
