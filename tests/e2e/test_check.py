"""`check`, `doctor` and `postmortem` on recorded services behind a real Prometheus."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Recording, Run, free_port, recording, within

pytestmark = pytest.mark.prometheus

CASES = ("parcel-dbhold", "parcel-healthy-plain", "py-listener-growth")


@pytest.fixture(scope="module")
def served(root: Path, serve: Callable[[Path], str], blocks: Callable[..., Path]) -> str:
    return serve(blocks(recording(root, case).metrics for case in CASES))


@pytest.fixture
def check(root: Path, served: str, tmp_path: Path) -> Callable[..., Run]:
    """A pass over one service of a diagnose.yaml at the end of its recording."""

    def run(case: str, *arguments: str, extra: str = "") -> Run:
        one = recording(root, case)
        text = (
            f"prometheus: {served}\nservices:\n  - name: {case}\n    select: '{one.truth['select']}'\n    since: 5m\n"
        )
        (tmp_path / "diagnose.yaml").write_text(text + extra)
        end = one.truth["window"]["end"]
        return within("check", "--config", str(tmp_path / "diagnose.yaml"), "--at", end, *arguments)

    return run


def test_a_healthy_service_is_one_ok_line(check: Callable[..., Run]) -> None:
    done = check("parcel-healthy-plain")
    assert done.code == 0, done
    assert done.stdout.startswith("OK       parcel-healthy-plain: all: ")
    assert done.stdout.count("\n") == 1


def test_an_exhausted_pool_is_critical_and_each_finding_is_a_line(check: Callable[..., Run]) -> None:
    done = check("parcel-dbhold")
    assert done.code == 2, done
    rows = done.stdout.splitlines()
    assert any(row.startswith("CRITICAL parcel-dbhold: pool.exhausted: ") for row in rows)
    assert all(row.split()[0] in {"WARNING", "CRITICAL"} for row in rows)


def test_slow_growth_is_a_warning(check: Callable[..., Run]) -> None:
    done = check("py-listener-growth")
    assert done.code == 1, done
    assert "WARNING  py-listener-growth: resource.keeps_growing(memory): " in done.stdout


def test_json_is_as_the_contract_says(check: Callable[..., Run]) -> None:
    done = check("parcel-dbhold", "--json")
    told = json.loads(done.stdout)
    assert (done.code, told["worst"]) == (2, "CRITICAL")
    assert set(told) == {"at", "worst", "findings"}
    for finding in told["findings"]:
        assert set(finding) == {"service", "check", "status", "message", "value", "unit", "since", "full_in_s"}


def test_a_monitoring_plugin_gets_its_status_line_and_performance_data(check: Callable[..., Run]) -> None:
    done = check("parcel-dbhold", "--perfdata")
    first, *rest = done.stdout.splitlines()
    assert done.code == 2
    assert re.fullmatch(r"DIAGNOSE CRITICAL - parcel-dbhold: .* \| 'parcel-dbhold files'=[\d.]+%;80;95;0;100 .*", first)
    assert rest == check("parcel-dbhold").stdout.splitlines()


def test_a_dead_source_is_unknown_and_the_worst_of_all_counts(check: Callable[..., Run]) -> None:
    dead = f"  - {{name: away, prometheus: 'http://127.0.0.1:{free_port()}'}}\n"
    alone, both = check("parcel-dbhold", "away", extra=dead), check("parcel-dbhold", extra=dead)
    assert (alone.code, both.code) == (3, 2)
    assert "UNKNOWN  away: " in alone.stdout
    assert "connection refused" in alone.stdout
    assert alone.stdout in both.stdout


@pytest.mark.parametrize("arguments", [["nobody"], ["--config", "none.yaml"], ["--at", "soon"]])
def test_a_check_that_cannot_be_made_is_unknown(check: Callable[..., Run], arguments: list[str]) -> None:
    done = check("parcel-dbhold", *arguments)
    assert (done.code, done.stdout, done.stderr.count("\n")) == (3, "", 1)


def test_wrong_use_is_unknown_too(check: Callable[..., Run]) -> None:
    done = check("parcel-dbhold", "--no-such-option")
    assert (done.code, done.stdout) == (3, "")


def test_doctor_says_what_each_source_holds(root: Path, served: str) -> None:
    one = recording(root, "parcel-dbhold")
    arguments = ["--prometheus", served, "--select", one.truth["select"], *one.logs, "--profiles", "/nowhere"]
    done = within("doctor", *arguments, *one.window)
    assert done.code == 0, done.stderr
    rows = done.stdout.splitlines()
    assert any(row.startswith("ok   log      ") and "app.log.gz: " in row for row in rows)
    assert any(row.startswith(f"ok   metric   {served}: ") and row.endswith(" series") for row in rows)
    assert any(row.startswith("gap  profile  /nowhere: ") for row in rows)


def test_doctor_with_nothing_to_hold_exits_4(served: str) -> None:
    done = within("doctor", "--prometheus", served, "--select", 'job="nobody"')
    assert (done.code, done.stdout, done.stderr.count("\n")) == (4, "", 1)


def test_doctor_tries_each_service_of_the_configuration(root: Path, served: str, tmp_path: Path) -> None:
    one = recording(root, "parcel-dbhold")
    services = (
        f"services:\n  - {{name: shop, select: '{one.truth['select']}'}}\n  - {{name: away, select: 'job=\"none\"'}}\n"
    )
    (tmp_path / "diagnose.yaml").write_text(f"prometheus: {served}\n{services}")
    given = ["doctor", "--config", str(tmp_path / "diagnose.yaml"), *one.window]
    both, shop = within(*given), within(*given, "shop")
    assert (both.code, shop.code) == (4, 0)
    assert [row for row in both.stdout.splitlines() if row.endswith(":")] == ["shop:", "away:"]
    assert re.search(r"^away:\ngap  nothing could be collected: .*no series", both.stdout, re.MULTILINE)
    assert shop.stdout in both.stdout


@pytest.fixture(scope="module")
def written(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    one: Recording = recording(root, "parcel-dbhold")
    given = ["--metrics", str(one.metrics), *one.logs, *one.profiles, *one.window]
    return within("incident", *given, "--no-ask", out=tmp_path_factory.mktemp("postmortem") / "out")


@pytest.mark.parametrize("part", ["", "bundle"])
def test_a_postmortem_tells_the_facts_and_leaves_room_for_people(written: Run, part: str) -> None:
    done = within("postmortem", str(written.out / part))
    assert done.code == 0, done.stderr
    assert done.stdout.startswith("# Postmortem: ")
    for said in ("blockWindow", "## Impact", "## Root cause", "## Action items", "_To fill in: "):
        assert said in done.stdout


def test_a_postmortem_that_is_written_again_keeps_what_people_wrote(written: Run, tmp_path: Path) -> None:
    file = tmp_path / "new" / "postmortem.md"
    first = within("postmortem", str(written.out), out=file)
    assert (first.code, first.stdout) == (0, "")
    assert file.read_text() == within("postmortem", str(written.out)).stdout
    asked = "_To fill in: what ended it and when_"
    file.write_text(file.read_text().replace(asked, "Larger pool at 02:10."))
    again = within("postmortem", str(written.out), out=file)
    assert again.code == 0, again.stderr
    assert "Larger pool at 02:10." in file.read_text()
    assert asked not in file.read_text()
