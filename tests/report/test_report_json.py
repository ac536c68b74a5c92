"""report.json has exactly the shape of its schema, and the same input gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from diagnose.report.json import render
from diagnose.report.view import view
from tests.report import scenes


def report(scene: scenes.Scene) -> str:
    diagnosis, evidence, measures = scene
    return render(view(diagnosis=diagnosis, evidence=evidence, measures=measures))


@pytest.fixture(scope="module")
def schema(root: Path) -> dict[str, Any]:
    return json.loads((root / "docs" / "report.schema.json").read_text())


@pytest.mark.parametrize("scene", [scenes.leak, scenes.healthy, scenes.bare])
def test_a_report_keeps_to_the_schema(scene: Callable[[], scenes.Scene], schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(report(scene())), schema, cls=jsonschema.Draft202012Validator)


def test_the_schema_refuses_what_is_not_a_report(schema: dict[str, Any]) -> None:
    spoilt = json.loads(report(scenes.leak()))
    spoilt["verdict"]["confidence"] = 1.5
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spoilt, schema, cls=jsonschema.Draft202012Validator)


def test_keys_stand_in_the_order_of_the_schema(schema: dict[str, Any]) -> None:
    assert list(json.loads(report(scenes.leak()))) == list(schema["properties"])


def test_the_same_input_gives_the_same_bytes() -> None:
    assert report(scenes.leak()) == report(scenes.leak())
    assert report(scenes.leak()).endswith("}\n")


def test_numbers_stay_in_base_units_and_missing_ones_are_null() -> None:
    diagnosis, evidence, measures = scenes.leak()
    nothing = replace(diagnosis.evidence[0], baseline=float("nan"), observed=float("inf"))
    found = json.loads(report((replace(diagnosis, evidence=(nothing, *diagnosis.evidence[1:])), evidence, measures)))
    assert found["evidence"][0]["baseline"] is None
    assert found["evidence"][0]["observed"] is None
    assert found["evidence"][3]["observed"] == 96e6
    assert found["onset"] == "2026-11-18T11:10:41.500Z"


def test_every_id_that_is_cited_exists() -> None:
    found = json.loads(report(scenes.leak()))
    known = {one["id"] for one in found["evidence"]}
    cited = {id_ for cause in found["causes"] for id_ in (*cause["for"], *cause["against"])}
    cited |= {id_ for step in found["path"] for id_ in step["evidence"]}
    assert cited
    assert cited <= known
