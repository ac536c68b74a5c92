"""A fixed, varied sample of the recordings: the cause must be right. All of them are for `make accuracy`."""

from __future__ import annotations

from pathlib import Path

import pytest
from score.cases import read
from score.fit import Constants, verdict
from score.runs import Row, run

SAMPLE = (
    "jvm-crash",
    "jvm-healthy-deploy",
    "meter-probe",
    "meter-replay",
    "meter-transfer",
    "node-hoard-killed",
    "node-rate-limited",
    "node-surge",
    "parcel-dns",
    "parcel-healthy-wave",
    "parcel-rwmutex",
    "py-calm-burst",
    "py-release-slow",
    "py-volume-full",
    "shop-map-cache",
    "shop-noise",
)


@pytest.fixture(scope="module", params=SAMPLE)
def row(request: pytest.FixtureRequest, root: Path) -> Row:
    return run(read(root / "examples" / "incidents" / f"{request.param}.truth.json"))


def test_the_cause_is_right(row: Row) -> None:
    assert row.cause == row.case.cause, row.astray
    assert row.confidence >= 0.5


def test_the_fit_judges_as_the_product_does_with_the_constants_that_ship(row: Row) -> None:
    cause, confidence = verdict(row.weighing, Constants())
    assert cause == row.cause
    assert confidence == pytest.approx(row.confidence, abs=1e-3)
