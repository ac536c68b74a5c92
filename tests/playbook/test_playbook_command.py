"""`diagnose playbook` on the command line, on the playbooks that ship and on an author's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from diagnose.checks.catalog import catalogue
from diagnose.cli.playbook import app
from diagnose.errors import DiagnoseError
from diagnose.playbook import load, read
from diagnose.playbook.causes import CAUSES
from diagnose.playbook.expression import OWN
from diagnose.playbook.schema import schema


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_the_playbooks_that_ship_have_no_problems() -> None:
    result = call("lint")
    assert (result.exit_code, result.stdout) == (0, "")


def test_every_known_cause_has_a_leaf(root: Path) -> None:
    books = load.load("triage", shelf=root / "playbooks")
    assert {leaf.cause for leaf in books.leaves()} >= set(CAUSES)


def test_list_names_every_playbook(root: Path) -> None:
    names = list(load.on_shelf(root / "playbooks"))
    assert [line.split()[0] for line in call("list").stdout.splitlines()] == names
    assert [row["name"] for row in json.loads(call("list", "--json").stdout)["playbooks"]] == names


def test_lint_tells_place_and_code_and_fails(shelf: Path) -> None:
    file = shelf / "front.yaml"
    file.write_text(file.read_text().replace("check: cpu.jumped", "check: cpu.jumpde"))
    result = call("lint", file)
    assert result.exit_code == 3
    assert (
        f"{file}:17:22: error: unknown check 'cpu.jumpde'; did you mean 'cpu.jumped'? [unknown-check]" in result.stdout
    )
    (problem,) = [
        one for one in json.loads(call("lint", file, "--json").stdout)["problems"] if "jumpde" in one["message"]
    ]
    assert (problem["file"], problem["line"], problem["column"], problem["code"]) == (
        str(file),
        17,
        22,
        "unknown-check",
    )


def test_tests_print_coverage_and_fail_when_a_case_does(shelf: Path) -> None:
    file = shelf / "front.test.yaml"
    file.write_text("cases:\n  - {name: nothing, given: {present: no}, cause: inconclusive}\n")
    passed = call("test", file)
    assert (passed.exit_code, "nodes 1/3, edges 1/9" in passed.stdout) == (0, True)
    assert call("test", file, "--full").exit_code == 3
    file.write_text(file.read_text() + call("test", file, "--suggest").stdout)
    assert call("test", file, "--full").exit_code == 0
    file.write_text("cases:\n  - {name: nothing, given: {present: no}, cause: oom-kill}\n")
    failed = call("test", shelf)
    assert failed.exit_code == 3
    assert "expected the cause oom-kill, got inconclusive" in failed.stdout


@pytest.mark.parametrize(("form", "start"), [("svg", "<svg "), ("mermaid", "flowchart TD"), ("dot", "digraph")])
def test_graph_writes_each_language(tmp_path: Path, form: str, start: str) -> None:
    assert call("graph", "triage", "--format", form).stdout.startswith(start)
    call("graph", "triage", "--format", form, "--out", tmp_path / "drawn")
    assert (tmp_path / "drawn").read_text().startswith(start)


@pytest.mark.parametrize(("ending", "start"), [("mmd", "flowchart"), ("dot", "digraph"), ("svg", "<svg"), ("", "<svg")])
def test_a_drawing_is_written_in_the_language_of_its_file(tmp_path: Path, ending: str, start: str) -> None:
    drawn = tmp_path / f"triage.{ending}"
    call("graph", "triage", "--out", drawn)
    assert drawn.read_text(encoding="utf-8").lstrip().startswith(start)


def test_a_drawing_shows_the_way_of_a_report(tmp_path: Path, shelf: Path) -> None:
    step = {"node": "front/present", "question": "Is there anything?", "answer": "no", "because": "0 < 2"}
    (tmp_path / "report.json").write_text(json.dumps({"path": [step]}))
    drawn = call("show", shelf / "front.yaml", "--walk", tmp_path).stdout
    assert "◉ present  Is there anything?: 0 < 2\n├─ [no], unknown => inconclusive\n" in drawn
    (tmp_path / "report.json").write_text("{}")
    wrong = call("show", shelf / "front.yaml", "--walk", tmp_path)
    assert isinstance(wrong.exception, DiagnoseError)
    assert wrong.exception.exit_code == 2


def test_checks_lists_every_check_with_its_parameters() -> None:
    listed = call("checks").stdout
    told = {one["name"]: one for one in json.loads(call("checks", "--json").stdout)["checks"]}
    assert set(told) == set(catalogue())
    for name, check in catalogue().items():
        assert f"{name}  {check.spec.title}\n" in listed
        assert [one["name"] for one in told[name]["parameters"]] == list(check.spec.parameters)


def test_the_published_schema_is_the_one_of_this_version(root: Path) -> None:
    published = json.loads((root / "docs" / "playbook.schema.json").read_text(encoding="utf-8"))
    specs = {name: check.spec for name, check in catalogue().items()}
    assert published == json.loads(json.dumps(schema(specs))), "diagnose playbook schema > docs/playbook.schema.json"


@pytest.mark.parametrize(
    ("definition", "keys"),
    [("node", read.NODE), ("leaf", read.LEAF), ("action", read.ACTION), ("missing", read.MISSING)],
)
def test_the_schema_knows_the_keys_that_the_reader_knows(definition: str, keys: dict[str, bool]) -> None:
    made = schema({})["definitions"][definition]
    assert set(made["properties"]) == set(keys)
    assert set(made["required"]) >= {key for key, needed in keys.items() if needed}
    assert set(OWN) <= set(schema({})["definitions"]["part"]["properties"])
