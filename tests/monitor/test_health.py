"""One pass over one service: what is said, how bad it is, and that missing data is never health."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.monitor.configuration import Service
from diagnose.monitor.health import Health, HealthFinding, worst
from diagnose.monitor.look import look

BEGIN, STEP_S, STEPS = 1_769_830_000.0, 5, 120
END = BEGIN + STEP_S * STEPS


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], Health.UNKNOWN),
        ([Health.OK], Health.OK),
        ([Health.OK, Health.UNKNOWN], Health.UNKNOWN),
        ([Health.UNKNOWN, Health.WARNING], Health.WARNING),
        ([Health.WARNING, Health.CRITICAL, Health.UNKNOWN], Health.CRITICAL),
    ],
)
def test_the_worst_status_counts(statuses: list[Health], expected: Health) -> None:
    assert worst(statuses) is expected


def gauges(folder: Path, **columns: list[float]) -> str:
    times = [f"{BEGIN + i * STEP_S:.0f}" for i in range(STEPS)]
    table = zip(times, *([f"{value:g}" for value in values] for values in columns.values()), strict=True)
    rows = [",".join(row) for row in (("time", *columns), *table)]
    file = folder / "metrics.csv"
    file.write_text("\n".join(rows) + "\n")
    return str(file)


def checked(**sources: object) -> tuple[HealthFinding, ...]:
    return look(Service(name="shop", since_s=END - BEGIN, **sources), now=END, progress=lambda _: None).findings  # type: ignore[arg-type]


FLAT = [1000.0 + i % 3 for i in range(STEPS)]
CLIMB = [1000.0 + i % 3 + max(0, i - 40) * 50 for i in range(STEPS)]


def test_a_quiet_service_is_ok_and_says_how_much_could_be_judged(tmp_path: Path) -> None:
    (found,) = checked(metrics=gauges(tmp_path, go_goroutines=FLAT, process_resident_memory_bytes=FLAT))
    assert (found.status, found.check) == (Health.OK, "all")
    assert "checks could judge" in found.message


def test_growth_is_a_warning_with_its_value_and_unit(tmp_path: Path) -> None:
    found = checked(metrics=gauges(tmp_path, go_goroutines=CLIMB))
    (grown,) = [one for one in found if one.check == "resource.keeps_growing(goroutines)"]
    assert grown.status is Health.WARNING
    assert grown.value is not None
    assert grown.value > 3000


@pytest.mark.parametrize(
    "sources",
    [{}, {"metrics": "none.om"}, {"logs": ("none.log",)}, {"prometheus": "http://127.0.0.1:9"}],
)
def test_without_data_nothing_is_known(sources: dict[str, object]) -> None:
    (found,) = checked(**sources)
    assert found.status is Health.UNKNOWN
    assert found.message


def test_a_source_that_fails_is_said_beside_one_that_answers(tmp_path: Path) -> None:
    found = checked(metrics=gauges(tmp_path, go_goroutines=FLAT), logs=("none.log",))
    assert [(one.status, one.check) for one in found] == [(Health.UNKNOWN, "logs")]


def test_metrics_that_no_check_understands_are_not_health(tmp_path: Path) -> None:
    (found,) = checked(metrics=gauges(tmp_path, weather_celsius=FLAT))
    assert found.status is Health.UNKNOWN
