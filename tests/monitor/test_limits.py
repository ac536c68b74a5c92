"""What comes to an end: who says so, how loudly, and what a monitoring system draws of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagnose.monitor.configuration import Service
from diagnose.monitor.health import Checkup, Health, HealthFinding, Level
from diagnose.monitor.limits import about, joined
from diagnose.monitor.look import look
from diagnose.monitor.plugin import plugin
from tests.monitor.test_health import BEGIN, END, STEPS, gauges

SPAN = END - BEGIN


def checkup(folder: Path, **columns: list[float]) -> Checkup:
    service = Service(name="shop", since_s=SPAN, metrics=gauges(folder, **columns))
    return look(service, now=END, progress=lambda _: None)


def level(value: float) -> list[float]:
    return [value] * STEPS


def line(first: float, last: float) -> list[float]:
    return [first + (last - first) * i / STEPS for i in range(STEPS)]


@pytest.mark.parametrize(
    ("columns", "check", "status", "full_in_s"),
    [
        ({"disk_used_percent": line(50, 60)}, "limit(disk)", Health.CRITICAL, 4 * SPAN),
        ({"disk_used_percent": line(60, 64)}, "limit(disk)", Health.WARNING, 9 * SPAN),
        ({"disk_used_percent": level(92)}, "limit(disk)", Health.WARNING, None),
        ({"disk_used_percent": level(98)}, "limit(disk)", Health.CRITICAL, 0.0),
        (
            {"process_open_fds": line(100, 300), "process_max_fds": level(1000)},
            "resource.keeps_growing(files)",
            Health.CRITICAL,
            3.5 * SPAN,
        ),
        ({"process_open_fds": level(850), "process_max_fds": level(1000)}, "limit(files)", Health.WARNING, None),
        ({"queue_length": level(95), "queue_capacity": level(100)}, "limit(queue)", Health.WARNING, None),
        ({"tls_cert_expiry": level(END + 86400)}, "certificate", Health.CRITICAL, None),
        ({"tls_cert_expiry": level(END + 10 * 86400)}, "certificate", Health.WARNING, None),
        ({"tls_cert_expiry": level(END - 86400)}, "certificate", Health.CRITICAL, None),
    ],
)
def test_what_ends_is_told_with_its_time(
    tmp_path: Path, columns: dict[str, list[float]], check: str, status: Health, full_in_s: float | None
) -> None:
    (found,) = checkup(tmp_path, **columns).findings
    assert (found.check, found.status) == (check, status), found
    assert found.full_in_s == (full_in_s if not full_in_s else pytest.approx(full_in_s, rel=0.1))
    assert ("at this pace" in found.message) == bool(full_in_s)
    assert found.value is not None


@pytest.mark.parametrize(
    "columns",
    [
        {"disk_used_percent": level(60)},
        {"process_open_fds": level(300), "process_max_fds": level(1000)},
        {"db_pool_in_use": level(10), "db_pool_max": level(10)},
        {"tls_cert_expiry": level(END + 60 * 86400)},
    ],
    ids=["disk", "files", "pool", "certificate"],
)
def test_room_enough_is_well_and_still_drawn(tmp_path: Path, columns: dict[str, list[float]]) -> None:
    found = checkup(tmp_path, **columns)
    assert found.worst is Health.OK
    assert len(found.levels) == 1


def test_growth_and_its_end_are_one_line(tmp_path: Path) -> None:
    climb = [100.0 + max(0, i - 30) * 2 for i in range(STEPS)]
    (found,) = checkup(tmp_path, process_open_fds=climb, process_max_fds=level(1000)).findings
    assert found.check == "resource.keeps_growing(files)"
    assert re.search(r"still climb .*; files at 2\d% of the limit, full in about \d\d min at this pace$", found.message)
    assert found.full_in_s == pytest.approx((1000 - climb[-1]) / 2 * SPAN / STEPS, rel=0.2)


def test_a_finding_without_a_limit_keeps_its_place() -> None:
    grown = HealthFinding("shop", "resource.keeps_growing(memory)", Health.WARNING, "memory climbs")
    disk = HealthFinding("shop", "limit(disk)", Health.CRITICAL, "disk at 98%", full_in_s=0.0)
    assert joined([grown], [disk]) == (grown, disk)


@pytest.mark.parametrize(("seconds", "said"), [(20, "2 min"), (2500, "42 min"), (7200, "2 h"), (-200000, "2 days")])
def test_a_span_is_as_rough_as_it_is_known(seconds: float, said: str) -> None:
    assert about(seconds) == said


def test_a_plugin_says_the_worst_first_and_draws_behind_one_bar() -> None:
    found = Checkup(
        (
            HealthFinding("shop", "log.errors", Health.WARNING, "a|b\nc"),
            HealthFinding("shop", "limit(disk)", Health.CRITICAL, "disk at 98% of the limit"),
        ),
        (Level("shop='x'", "disk", 98.2, "%", 90, 97), Level("shop", "certificate", 86400, "s", 1209600, 259200)),
    )
    first, *rest = plugin(found).splitlines()
    assert first == (
        "DIAGNOSE CRITICAL - shop: limit(disk): disk at 98% of the limit (and 1 more) | "
        "'shop_x_ disk'=98.2%;90;97;0;100 'shop certificate'=86400s;1209600:;259200:"
    )
    assert rest == ["WARNING  shop: log.errors: a/b c", "CRITICAL shop: limit(disk): disk at 98% of the limit"]


def test_a_plugin_without_numbers_draws_nothing() -> None:
    told = plugin(Checkup((HealthFinding("shop", "sources", Health.UNKNOWN, "no answer"),)))
    assert told == "DIAGNOSE UNKNOWN - shop: sources: no answer\nUNKNOWN  shop: sources: no answer\n"
    assert not re.search(r"\|", told)
