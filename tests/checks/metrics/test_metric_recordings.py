"""The whole engine on recorded incidents: healthy ones stay quiet, sick ones are dated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from diagnose.checks.metrics.changes import changes
from diagnose.checks.metrics.onset import candidates
from diagnose.checks.metrics.restarts import restarts
from diagnose.checks.metrics.suspects import suspects
from diagnose.checks.onset import joint
from diagnose.signals.measures import measures
from diagnose.signals.window import Window, parse_moment
from diagnose.sources.metrics import files

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "incidents").glob("*.truth.json"))
WITHIN_S = 20.0


def moment(text: str) -> float:
    return parse_moment(text, now=0.0)


def dated(folder: Path, window: Window) -> float | None:
    series, _ = files.opened(str(folder / "metrics.om.gz")).collect(window)
    moved = changes(measures(series, window))
    return joint(candidates(moved, restarts=restarts(series)))[0]


def told() -> list[tuple[Path, dict[str, Any]]]:
    return [(path, json.loads(path.read_text())) for path in EXAMPLES]


def test_healthy_recordings_have_no_onset() -> None:
    wrong = []
    for path, truth in told():
        window = Window(moment(truth["window"]["start"]), moment(truth["window"]["end"]))
        if (
            truth["cause"] == "healthy"
            and "cache-fills" not in truth["noise"]  # memory moves for real there, and comes to rest
            and dated(path.with_name(path.name.removesuffix(".truth.json")), window) is not None
        ):
            wrong.append(path.name)
    assert wrong == []


def test_most_sick_recordings_are_dated_from_metrics_alone() -> None:
    errors = []
    for path, truth in told():
        if truth["onset"] is None:
            continue
        window = Window(moment(truth["window"]["start"]), moment(truth["window"]["end"]))
        onset = dated(path.with_name(path.name.removesuffix(".truth.json")), window)
        errors.append(abs(onset - moment(truth["onset"])) if onset is not None else float("inf"))
    if not errors:
        pytest.skip("no recordings with an onset")
    assert sum(error <= WITHIN_S for error in errors) >= 0.85 * len(errors)


def test_the_right_service_and_metric_come_first(shared: Path) -> None:
    sets = shared / "data" / "incidents" / "sockshop"
    labels = json.loads((sets / "labels.json").read_text())
    services = metrics = 0
    for name, truth in labels.items():
        path = str(sets / name / "metrics.csv")
        opened = files.opened(path)
        span = opened.span()
        assert span is not None
        window = Window(span[0], span[1] + 1)
        found = measures(opened.collect(window)[0], window)
        moved = changes(found)
        first = suspects(found, moved, joint(candidates(moved))[0])[0]
        services += first[0] == truth["entity"]
        metrics += first[0] == truth["entity"] and truth["fault"] in first[3][0].name
    assert services >= 0.9 * len(labels)
    assert metrics >= 0.85 * len(labels)
