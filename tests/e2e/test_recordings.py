"""The recordings that ship, of services in Go, Python and Node, through a real Prometheus and the program."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Run, diagnose, recording

pytestmark = pytest.mark.prometheus

CASES = (
    "meter-cond",
    "meter-grid-refused",
    "node-healthy-wave",
    "node-clone",
    "parcel-dbhold",
    "parcel-healthy-deploy",
    "py-open-files",
)


@pytest.fixture(scope="module")
def served(root: Path, serve: Callable[[Path], str], blocks: Callable[..., Path]) -> str:
    """One Prometheus that holds the metrics of all cases, as a real one holds many services."""
    return serve(blocks(recording(root, case).metrics for case in CASES))


@pytest.fixture(scope="module")
def investigate(root: Path, served: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """The run on a case with all its signals; each is made once."""
    made: dict[str, Run] = {}

    def run(case: str) -> Run:
        if case not in made:
            one = recording(root, case)
            told = ["incident", "--prometheus", served, "--select", one.truth["select"], *one.logs, *one.profiles]
            made[case] = diagnose(
                *told, *one.window, "--no-ask", "--json", out=tmp_path_factory.mktemp("recordings") / case
            )
        assert made[case].code == 0, made[case].stderr
        return made[case]

    return run


@pytest.mark.parametrize("case", CASES)
def test_the_cause_and_the_culprit_are_found(root: Path, investigate: Callable[[str], Run], case: str) -> None:
    truth, verdict = recording(root, case).truth, investigate(case).report["verdict"]
    assert verdict["cause"] == truth["cause"]
    if truth["culprit"]:
        blamed = json.dumps(verdict["culprit"], ensure_ascii=False).lower()
        assert any(name.lower() in blamed for name in truth["culprit"]), blamed


@pytest.mark.parametrize("case", ["parcel-dbhold", "node-clone"])
def test_a_run_leaves_reports_and_bundle_and_prints_the_same_json(investigate: Callable[[str], Run], case: str) -> None:
    done = investigate(case)
    there = {path.relative_to(done.out).as_posix() for path in done.out.rglob("*") if path.is_file()}
    assert there >= {"report.html", "report.md", "report.json", "bundle/manifest.json", "bundle/metrics.json.gz"}
    assert done.stdout == (done.out / "report.json").read_text()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("case", ["parcel-dbhold", "node-healthy-wave"])
def test_a_replay_elsewhere_gives_the_same_bytes(investigate: Callable[[str], Run], tmp_path: Path, case: str) -> None:
    done = investigate(case)
    again = diagnose("replay", str(done.out), out=tmp_path / "again", cwd=tmp_path)
    assert again.code == 0, again.stderr
    for name in ("report.json", "report.md", "report.html"):
        assert (done.out / name).read_bytes() == (again.out / name).read_bytes(), name


def test_another_service_of_the_same_server_does_not_leak_in(root: Path, investigate: Callable[[str], Run]) -> None:
    report = investigate("parcel-dbhold").report
    assert report["service"] == recording(root, "parcel-dbhold").truth["service"]
    others = {recording(root, case).truth["service"] for case in CASES} - {report["service"]}
    assert not any(f'job=\\"{other}\\"' in json.dumps(report) for other in others)
