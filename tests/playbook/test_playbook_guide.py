"""The guide's example works as it stands there, from the lint to the verdict's path."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from diagnose.checks.catalog import catalogue
from diagnose.checks.examine import align
from diagnose.checks.plugins import check_of
from diagnose.investigate import Request, collect, diagnose, library_of
from diagnose.playbook import lint, read, tell, testing
from diagnose.rehearse import rehearse
from diagnose.signals.evidence import Evidence
from diagnose.signals.series import Series
from diagnose.signals.window import Window

SHARED_FILE = re.compile(r"<!-- file: (\S+) -->\n```yaml\n(.*?)```", re.DOTALL)
START = 1_770_000_000.0


@pytest.fixture
def guide(root: Path) -> str:
    return (root / "docs" / "playbooks.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(guide: str, tmp_path: Path) -> Path:
    """The guide's files, as a reader would save them."""
    for name, text in SHARED_FILE.findall(guide):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_example_is_short_and_without_problems(folder: Path, root: Path) -> None:
    specs = {name: check.spec for name, check in catalogue().items()}
    assert lint.lint([folder], shelf=root / "playbooks", catalogue=specs) == ()
    assert len((folder / "outbox.yaml").read_text().splitlines()) < 40


def test_the_example_passes_its_tests_as_the_guide_shows(folder: Path, root: Path, guide: str) -> None:
    result = testing.run(folder / "outbox.test.yaml", shelf=root / "playbooks", rehearse=rehearse)
    assert result.passed
    assert f"```\n{tell.run(result)}```" in guide


def test_the_example_finds_its_fault(folder: Path) -> None:
    collected = collect(_incident(folder), progress=lambda _: None)
    diagnosis, _ = diagnose(collected, library_of(str(folder / "outbox.yaml")))
    assert [(step.node, step.answer) for step in diagnosis.path] == [("outbox/pending", "yes"), ("outbox/lease", "yes")]
    assert "outbox_pending reached" in diagnosis.path[0].because
    assert "lease 7 lost" in diagnosis.path[1].because
    assert [action.command for action in diagnosis.actions] == ["kubectl rollout restart deployment/dispatcher"]


def test_the_example_hands_over_on_a_quiet_day(folder: Path) -> None:
    request = _incident(folder)
    quiet = Request(Window(START, START + 600), metrics=request.metrics, logs=request.logs)
    diagnosis, _ = diagnose(collect(quiet, progress=lambda _: None), library_of(str(folder / "outbox.yaml")))
    assert (diagnosis.path[0].answer, diagnosis.path[1].node) == ("no", "triage/collected")


def _incident(folder: Path) -> Request:
    """Ten quiet minutes, then ten in which mails stay."""
    moments = [START + 15 * step for step in range(80)]
    late = [max(0.0, at - START - 600) for at in moments]
    lines = ["# TYPE outbox_pending gauge"]
    lines += [
        f"outbox_pending {3 + index % 2 + 2 * more:.0f} {at}"
        for index, (at, more) in enumerate(zip(moments, late, strict=True))
    ]
    (folder / "metrics.txt").write_text("\n".join([*lines, "# EOF", ""]))
    said = [
        ("ERROR", "lease 7 lost, not renewed in 10s") if more else ("INFO", "mail sent to a customer") for more in late
    ]
    log = [
        f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ} {level} {text}"
        for at, (level, text) in zip(moments, said, strict=True)
    ]
    (folder / "app.log").write_text("\n".join([*log, ""]))
    window = Window(START, START + 1200)
    return Request(window, metrics=str(folder / "metrics.txt"), logs=(str(folder / "app.log"),))


def test_the_check_of_ones_own_is_one(guide: str) -> None:
    """GIVEN the guide's function, WHEN it is offered under the guide's name, THEN it answers as a check does."""
    (code,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    ((name, function),) = re.findall(r'^"(\S+)" = "shop_checks:(\w+)"$', guide, re.MULTILINE)
    offered: dict[str, object] = {}
    exec(code, offered)
    check = check_of(name, offered[function])
    assert list(check.spec.parameters) == ["queue", "above"]
    times = np.arange(START, START + 600, 15.0)
    waiting = Series("mail_waiting", (), times, np.full(times.size, 140.0))
    case = align(Evidence(Window(START, START + 600), series=(waiting,)))
    assert check.run(case, queue="mail", above=100.0).because == "mail reached 140, the bound is 100"
    assert [check.run(case, queue=queue, above=200.0).answer for queue in ("mail", "print")] == ["no", "unknown"]


def test_every_code_of_lint_is_in_the_guide(guide: str, root: Path) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (root / "diagnose" / "playbook").glob("*.py"))
    codes = set(re.findall(r'(?:wrong\([\w.\[\]"]+, |Problem\([^,"]+, |return )"([a-z]+(?:-[a-z]+)*)", ', sources))
    assert len(codes) > 15
    assert sorted(code for code in codes if f"`{code}`" not in guide) == []


def test_the_guide_names_every_key(guide: str) -> None:
    for keys in (read.PLAYBOOK, read.LEAF, read.ACTION, read.PERSON, read.MISSING):
        assert [key for key in keys if f"`{key}`" not in guide and f"{key}:" not in guide] == []
