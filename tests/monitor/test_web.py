"""The page and the webhook: what they answer, and that hostile input is only text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("werkzeug")

from werkzeug.test import Client, TestResponse

from diagnose.monitor.configuration import Configuration
from diagnose.monitor.health import Checkup, Health, HealthFinding
from diagnose.monitor.instruments import Instruments
from diagnose.monitor.records import State
from diagnose.monitor.server import LOCAL
from diagnose.monitor.web import MOST, Site
from tests.monitor.test_alerts import alert, posted
from tests.monitor.test_desk import PATIENCE_S, Room

SCRIPT = "<script>alert(1)</script>"
REPORT = """{"service": "shop <b>", "window": {}, "verdict": {"status": "diagnosed", "cause": "disk-full",
 "confidence": 0.97, "summary": "the disk <img src=x onerror=alert(1)> is full"}}"""


class House(Room):
    """A site in front of a room."""

    def __init__(self, folder: Path, *, token: str = "", **more: float) -> None:
        super().__init__(folder, **more)
        desk = self.desk
        self.instruments = Instruments(waiting=lambda: desk.waiting, running=lambda: desk.running, places=desk.places)
        given = Configuration(prometheus="http://prometheus:9090")
        site = Site(desk, self.archive, self.instruments, given, token=token, hosts=LOCAL)
        self.client = Client(site)
        self.desk.open()

    def post(self, body: bytes, **more: Any) -> TestResponse:
        return self.client.post("/webhook", data=body, **{"content_type": "application/json", **more})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(tmp_path / "incidents", places=1)
    yield found
    found.desk.close(0.0)


def test_a_notification_becomes_a_report_and_a_line_of_the_page(house: House) -> None:
    first, again = house.post(posted(alert(job="shop"))), house.post(posted(alert(job="shop")))
    assert (first.status_code, first.json["status"]) == (202, "queued")
    assert (again.status_code, again.json) == (200, {"status": "known", "incident": first.json["incident"]})
    assert house.client.get("/").headers["Refresh"]
    folder = house.archive.place(first.json["incident"])
    (folder / "report.json").write_text(REPORT)
    (folder / "report.html").write_text("<!doctype html>")
    house.finish()
    page = house.client.get("/").text
    assert "disk-full" in page
    assert f'href="incidents/{folder.name}/report.html"' in page
    shown = house.client.get(f"/incidents/{folder.name}/report.html")
    assert (shown.status_code, shown.text) == (200, "<!doctype html>")
    assert house.post(posted(alert("resolved"))).json == {"status": "resolved", "incident": None}


def test_what_labels_and_reports_say_is_only_text(house: House) -> None:
    name = house.post(posted(alert(alertname=SCRIPT, job='"><script>'), groupKey=SCRIPT)).json["incident"]
    (house.archive.place(name) / "report.json").write_text(REPORT)
    house.finish()
    answer = house.client.get("/")
    body = answer.text.split("<body>")[1].split("<script type")[0]
    assert not re.search(r"<(script|img|b>)", body.replace('<b class="diagnosed">', ""))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 200_000, b"\xff", b'{"version": "4"}', posted(alert(), version="9")], ids=range(6)
)
def test_a_body_that_is_no_notification_is_refused(house: House, body: bytes) -> None:
    answer = house.post(body)
    assert (answer.status_code, answer.json["status"]) == (400, "refused")
    assert answer.json["error"]


def test_a_body_that_is_too_large_is_not_read(house: House) -> None:
    assert house.post(b" " * (MOST + 1)).status_code == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_a_foreign_page_could_send_is_refused(house: House, kind: str) -> None:
    assert house.post(posted(alert()), content_type=kind).status_code == 415
    assert list(house.archive.records()) == []


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("localhost:9797", 200),
        ("127.0.0.1", 200),
        ("[::1]:9797", 200),
        ("evil.example", 403),
        ("[", 403),
        ("evil:9", 403),
    ],
)
def test_a_name_that_is_not_its_own_is_refused(house: House, host: str, code: int) -> None:
    assert house.client.get("/", headers={"Host": host}).status_code == code


def test_the_webhook_asks_for_its_token(tmp_path: Path) -> None:
    house = House(tmp_path, token="s3cret-é")
    for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic czM6"}, {"Authorization": "Bearer"}):
        answer = house.post(posted(alert()), headers=given)
        assert answer.status_code == 401
        assert "s3cret" not in answer.text
    good = {"Authorization": "Bearer s3cret-é".encode().decode("latin-1")}
    assert house.post(posted(alert()), headers=good).status_code == 202
    house.finish()
    house.desk.close(0.0)


def test_a_full_queue_asks_to_come_again(house: House) -> None:
    house.post(posted(alert(), groupKey="runs"))
    house.begun.get(timeout=PATIENCE_S)
    house.post(posted(alert(), groupKey="waits"))
    answer = house.post(posted(alert(), groupKey="late"))
    assert (answer.status_code, answer.json["status"], answer.headers["Retry-After"]) == (503, "full", "60")
    assert house.client.get("/readyz").status_code == 503
    assert house.client.get("/healthz").status_code == 200
    house.finish()
    house.finish()


@pytest.mark.parametrize(
    "path",
    [
        "/incidents/one/../../secret.txt", "/incidents/one/..%2f..%2fsecret.txt", "/incidents/../secret.txt",
        "/incidents/..%2fone/report.html", "/incidents/one/%2e%2e/%2e%2e/secret.txt", "/incidents/./one/report.html",
        "/incidents/one//etc/passwd", "/incidents/one/link.txt", "/incidents/linked/secret.txt", "/incidents/one/",
        "/incidents/one/report.html%00.txt", "/incidents/one/bundle", "/incidents/other/secret.txt", "/secret.txt",
        "/incidents/" + "x" * 5000 + "/y", "/incidents/%ff/%fe", "/incidents//report.html", "/static/%0d%0aX: y",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_an_incident(house: House, path: str) -> None:
    folder = house.archive.folder
    for name in ("one/bundle", "other"):
        (folder / name).mkdir(parents=True)
    for place in (folder.parent / "secret.txt", folder / "other" / "secret.txt"):
        place.write_text("secret")
    (folder / "one" / "report.json").write_text("{}")
    (folder / "one" / "link.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "linked").symlink_to(folder.parent)
    answer = house.client.get(path)
    assert answer.status_code in {404, 400}
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("name", "kind", "saved"),
    [
        ("report.html", "text/html; charset=utf-8", False),
        ("report.json", "application/json", False),
        ("report.md", "text/plain; charset=utf-8", False),
        ("bundle/evil.html", "application/octet-stream", True),
        ("bundle/evil.svg", "application/octet-stream", True),
        ("bundle/logs.json.gz", "application/gzip", True),
    ],
)
def test_only_reports_are_shown_as_pages(house: House, name: str, kind: str, saved: bool) -> None:
    place = house.archive.folder / "one" / name
    place.parent.mkdir(parents=True)
    place.write_text("{}")
    (house.archive.folder / "one" / "report.json").write_text("{}")
    answer = house.client.get(f"/incidents/one/{name}")
    assert (answer.status_code, answer.content_type) == (200, kind)
    assert answer.headers.get("Content-Disposition", "").startswith("attachment") == saved
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("sandbox" in answer.headers["Content-Security-Policy"]) == kind.startswith("text/html")
    assert "allow-same-origin" not in answer.headers["Content-Security-Policy"]


def test_an_empty_page_says_how_to_fill_it(house: House) -> None:
    answer = house.client.get("/")
    assert "/webhook" in answer.text
    assert "Refresh" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "code"), [("GET", "/webhook", 405), ("POST", "/", 405), ("PUT", "/metrics", 405)]
)
def test_other_methods_are_refused(house: House, method: str, path: str, code: int) -> None:
    assert house.client.open(path, method=method).status_code == code


def test_metrics_tell_what_happened(house: House) -> None:
    house.post(posted(alert()))
    house.post(b"{")
    house.finish(State.FAILED)
    house.instruments.ended(next(iter(house.archive.records())), None)
    house.instruments.told(False)
    house.instruments.checked(["shop"], Checkup((HealthFinding("shop", "all", Health.UNKNOWN, ""),)), 1_769_828_400.0)
    text = house.client.get("/metrics").text
    for line in (
        'diagnose_notifications_total{taken="queued"} 1.0',
        'diagnose_notifications_total{taken="refused"} 1.0',
        'diagnose_runs_total{state="failed"} 1.0',
        "diagnose_run_seconds_count 1.0",
        "diagnose_queue_length 0.0",
        "diagnose_queue_places 1.0",
        'diagnose_told_total{arrived="false"} 1.0',
        'diagnose_status{service="shop"} 3.0',
        "diagnose_checked_timestamp_seconds 1.7698284e+09",
    ):
        assert line in text
