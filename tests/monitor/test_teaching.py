"""An incident whose metrics only the team understands, and its replay."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from diagnose.cli.app import app

BEGIN, EVERY, LAST = 1_770_000_000, 15, 80
TAUGHT = """\
meanings:
  - {metric: zeta_room, means: disk-free, labels: {place: vault}}
  - {metric: zeta_rt, means: latency, unit: ms}
"""


def table() -> str:
    heads = ["time", '"zeta_room{place=""vault""}"', "zeta_rt"]
    rows = [f"{BEGIN + EVERY * step}," + ("8e10,20" if step < LAST // 2 else "0,900") for step in range(LAST)]
    return "\n".join([",".join(heads), *rows, ""])


def test_taught_metrics_lead_to_the_cause_and_a_replay_knows_them_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zeta.csv").write_text(table())
    monkeypatch.chdir(tmp_path)
    asked = ["incident", "--metrics", "zeta.csv", "--no-ask"]
    untaught = CliRunner().invoke(app, [*asked, "--out", "before"], catch_exceptions=False)
    (tmp_path / "diagnose.yaml").write_text(TAUGHT)
    taught = CliRunner().invoke(app, [*asked, "--out", "after"], catch_exceptions=False)
    assert (untaught.exit_code, taught.exit_code) == (0, 0)
    before, after = ((tmp_path / name / "report.json").read_text() for name in ("before", "after"))
    assert '"cause": "disk-full"' not in before.partition('"causes"')[0]
    assert '"cause": "disk-full"' in after.partition('"causes"')[0]
    (tmp_path / "diagnose.yaml").unlink()
    CliRunner().invoke(app, ["replay", "after/bundle", "--out", "again"], catch_exceptions=False)
    assert (tmp_path / "again" / "report.json").read_text() == after
