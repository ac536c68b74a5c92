"""Verdicts on what was recorded from real programs; the expectations stand in files beside the recordings."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from diagnose.checks.profiles import cpu, goroutines, heap, locks
from diagnose.checks.profiles.callers import callers_of_http_client, openers_of_files
from diagnose.checks.profiles.pairs import pairs
from diagnose.checks.profiles.stuck import stuck
from diagnose.checks.profiles.threads import judge as judge_threads
from diagnose.signals.profile import ProfileKind
from diagnose.sources.profiles.files import collect

PROTOBUF = ["goroutine.early.pb.gz", "goroutine.late.pb.gz"]
TEXT = ["goroutine.late.debug2.txt"]
KINDS = {"Resource Deadlock": {"deadlock"}, "Communication Deadlock": {"leak"}}


@pytest.mark.parametrize("files", [PROTOBUF, TEXT, ["goroutine.late.pb.gz"]])
def test_real_concurrency_bugs(shared: Path, files: list[str]) -> None:
    folder = shared / "data" / "goroutine-bugs"
    labels: dict[str, Any] = json.loads((folder / "labels.json").read_text())
    right = {"stuck": 0, "site": 0, "kind": 0}
    for name, label in labels.items():
        verdict = stuck(collect([str(folder / name / file) for file in files])[0])
        sites = {site["function"] for site in label["stuck_sites"]}
        right["stuck"] += bool(verdict.stuck) == bool(sites)
        right["site"] += not sites or bool(sites & {group.function for group in verdict.stuck})
        right["kind"] += not sites or verdict.kind in KINDS.get(label["type"], {"leak", "deadlock"})
    shares = {key: value / len(labels) for key, value in right.items()}
    assert (shares["stuck"] >= 0.95, shares["site"] >= 0.9, shares["kind"] >= 0.8) == (True, True, True), shares


def judged(folder: Path) -> dict[str, tuple[str, str]]:
    """Kind and function of every engine that has something to say of a recording."""
    case = json.loads((folder / "case.json").read_text())
    profiles, _ = collect([str(folder / "profiles")])
    found = pairs(profiles, onset=datetime.fromisoformat(case["fault_at"]).timestamp())
    none = (None, None)
    verdicts: dict[str, Any] = {
        "locks": locks.judge(*found.get(ProfileKind.MUTEX, none), *found.get(ProfileKind.BLOCK, none))
    }
    for kind, judge in (
        (ProfileKind.GOROUTINE, goroutines.judge),
        (ProfileKind.HEAP, heap.judge),
        (ProfileKind.CPU, cpu.judge),
    ):
        if kind in found:
            verdicts[kind.value] = judge(*found[kind])
    return {name: (one.kind, one.function) for name, one in verdicts.items() if one.kind not in ("none", "spread")}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("shop-goroutine_leak", {"goroutine": ("leak", "main.notifyAudit.func1")}),
        ("shop-map_cache", {"heap": ("growth", "main.main.func4")}),
        ("shop-http_conn_leak", {"goroutine": ("connections", ""), "heap": ("connections", "main.stock")}),
        ("shop-cpu_hot", {"cpu": ("hot", "main.matchRules")}),
        ("shop-lock_contention", {"locks": ("contention", "main.reprice")}),
        ("shop-db_pool", {"goroutine": ("pool", "main.queryOrder"), "locks": ("waiting", "main.queryOrder")}),
        ("shop-upstream_slow", {"goroutine": ("upstream", "main.stock"), "heap": ("connections", "main.stock")}),
        ("shop-auth_failed", {}),
        ("shop-nil_panic", {}),
        ("shop-noise", {}),
        ("shop-fd_leak", {}),
        ("shop-crash_loop", {}),
    ],
)
def test_recorded_incidents(shared: Path, case: str, expected: dict[str, tuple[str, str]]) -> None:
    assert judged(shared / "incidents" / case) == expected


def test_who_is_behind_leaked_connections_and_files(shared: Path) -> None:
    connections, _ = collect([str(shared / "incidents" / "shop-http_conn_leak" / "profiles")])
    files, _ = collect([str(shared / "incidents" / "shop-fd_leak" / "profiles")])
    assert callers_of_http_client(connections)[0][0] == "main.stock"
    assert openers_of_files(files)[0][0] == "main.readTemplate"


def test_jvm_scenarios(shared: Path) -> None:
    folder = shared / "data" / "jvm-dumps" / "scenarios"
    of = {path.name: judge_threads(collect([str(path)])[0]) for path in sorted(folder.iterdir())}
    hot = {name: {row.function.rpartition(".")[2] for row in verdict.hot if row.hot} for name, verdict in of.items()}
    assert hot["cpu-hotspot"] == {"hotMethod"}
    assert [pool.name for pool in of["thread-pool-exhaustion"].pools if pool.exhausted] == ["pool-4-thread"]
    assert {len(row.waiting) for row in of["mixed-workload"].blockers} == {2}
    assert of["class-loading"].pools == of["class-loading"].blockers == ()
