"""The pre-commit hooks run commands that exist, on the files that they are given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from diagnose.cli.app import app

CASES = "cases:\n  - {name: nothing, given: {present: no}, cause: inconclusive}\n"


@pytest.fixture
def hooks(root: Path) -> dict[str, dict[str, str]]:
    return {hook["id"]: hook for hook in yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}


def run(hook: dict[str, str], *files: Path) -> Result:
    program, *arguments = hook["entry"].split()
    assert program == "diagnose"
    return CliRunner().invoke(app, [*arguments, *map(str, files)])


def test_lint_passes_and_fails_as_the_files_do(hooks: dict[str, dict[str, str]], shelf: Path) -> None:
    hook = hooks["diagnose-playbook-lint"]
    files = [shelf / "front.yaml", shelf / "back.yaml"]
    unknown = run(hook, *files)
    assert (unknown.exit_code, "[unknown-check]" in unknown.stdout) == (3, True)
    good = shelf / "good.yaml"
    good.write_text("playbook: good\ntitle: Good\nleaves:\n  healthy: {remedy: None is needed.}\n", encoding="utf-8")
    assert run(hook, good).exit_code == 0


def test_a_changed_playbook_has_its_tests_run(hooks: dict[str, dict[str, str]], shelf: Path) -> None:
    hook = hooks["diagnose-playbook-test"]
    (shelf / "front.test.yaml").write_text(CASES, encoding="utf-8")
    partly = run(hook, shelf / "front.yaml")
    assert (partly.exit_code, "edges 1/9" in partly.stdout) == (3, True)
    assert run(hook, shelf / "back.yaml").exit_code != 0, "a playbook without tests"


@pytest.mark.parametrize(
    ("file", "taken"),
    [
        ("playbooks/outbox.yaml", True),
        ("ops/playbooks/outbox.test.yaml", True),
        ("playbooks/README.md", False),
        ("my-playbooks/outbox.yaml", False),
        (".github/workflows/ci.yaml", False),
    ],
)
def test_hooks_take_the_files_of_playbook_folders(hooks: dict[str, dict[str, str]], file: str, taken: bool) -> None:
    assert all((re.search(hook["files"], file) is not None) is taken for hook in hooks.values())
