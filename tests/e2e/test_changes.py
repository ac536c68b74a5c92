"""A list of changes on the command line: shown, kept in the bundle, and not blamed for what it did not do."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.conftest import recording, within


@pytest.mark.parametrize("what", ["deploy", "feature flag"])
def test_an_innocent_change_beside_a_fault_is_shown_and_not_blamed(root: Path, tmp_path: Path, what: str) -> None:
    # GIVEN a recorded fault, and a change of another service half a minute before it began
    one = recording(root, "meter-cond")
    at = datetime.fromisoformat(one.truth["onset"]) - timedelta(seconds=30)
    told = tmp_path / "changes.yaml"
    told.write_text(f"- {{at: {at.isoformat()}, what: {what}, service: ledger, version: 9.9}}\n")
    given = ["--metrics", str(one.metrics), *one.logs, *one.profiles, *one.window, "--no-ask"]
    # WHEN it is diagnosed with the list
    done = within("incident", *given, "--changes", str(told), out=tmp_path / "out")
    # THEN the verdict is the true one, and the change stands on the time line and in the bundle
    assert done.report["verdict"]["cause"] == one.truth["cause"]
    assert f"{what} 9.9, ledger" in (done.out / "report.html").read_text()
    kept = json.loads((done.out / "bundle" / "manifest.json").read_text())["changes"]
    assert [(each["entity"], each["title"]) for each in kept] == [("ledger", f"{what} 9.9")]
    again = within("replay", str(done.out), out=tmp_path / "again")
    assert (again.out / "report.json").read_bytes() == (done.out / "report.json").read_bytes()


def test_a_list_that_cannot_be_read_is_a_gap(root: Path, tmp_path: Path) -> None:
    one = recording(root, "meter-cond")
    done = within(
        "incident", *one.logs, *one.window, "--changes", str(tmp_path / "none.yaml"), "--no-ask", out=tmp_path / "o"
    )
    assert done.code == 0
    assert any("none.yaml" in gap["why"] for gap in done.report["missing"])


def test_the_metrics_engine_alone_puts_them_beside_what_moved(root: Path, tmp_path: Path) -> None:
    one = recording(root, "meter-release-errors")
    at = one.truth["onset"]
    told = tmp_path / "changes.csv"
    told.write_text(f"at,what,service,version\n{at},deploy,ledger,9.9\n")
    given = ["metrics", "--metrics", str(one.metrics), *one.window, "--changes", str(told)]
    world = json.loads(within(*given, "--json").stdout)["world"]
    assert {"deploy", "restart", "version"} <= {each["kind"] for each in world}
    assert "deploy 9.9  ledger" in within(*given).stdout
