"""An alert of a real Prometheus reaches a real Alertmanager, which calls the webhook, and a report appears."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import free_port, prometheus, recording, wait_until_ready, within
from tests.monitor.test_notify import Team

PATIENCE_S = 90.0
TOKEN = "t0ken"

RULES = """\
groups:
  - name: pool
    rules:
      - alert: PoolExhausted
        expr: max by (job, instance) (max_over_time(go_sql_in_use_connections[15m])) > 1
        labels: {severity: page}
"""
PROMETHEUS = """\
global: {{evaluation_interval: 1s}}
rule_files: ["{rules}"]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{alertmanager}"]}}]}}]}}
"""
ALERTMANAGER = """\
route: {{receiver: diagnose, group_by: [alertname, job], group_wait: 0s, group_interval: 1s}}
receivers:
  - name: diagnose
    webhook_configs:
      - url: {url}/webhook
        http_config: {{authorization: {{credentials: {token}}}}}
"""


def shifted(packed: Path, folder: Path) -> Path:
    """A recording as if it had ended just now, as the data directory of a Prometheus."""
    text = gzip.decompress(packed.read_bytes()).decode()
    late = time.time() - 20 - max(float(stamp) for stamp in re.findall(r" (\d{10}\.\d+)$", text, re.MULTILINE))
    moved = re.sub(r" (\d{10}\.\d+)$", lambda match: f" {float(match[1]) + late:.3f}", text, flags=re.MULTILINE)
    (folder / "now.om").write_text(moved)
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(folder / "now.om"), str(folder / "data")]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    return folder / "data"


@contextmanager
def started(command: list[str], log: Path, ready: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=os.environ | environment, cwd=log.parent)
        try:
            wait_until_ready(ready, log)
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def awaited(place: Path, pattern: str) -> Path:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if found := next(place.glob(pattern), None):
            return found
        time.sleep(0.1)
    pytest.fail(f"no {pattern} under {place}: {[str(one) for one in place.rglob('*')]}")


def asked(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


@pytest.mark.prometheus
def test_an_alert_becomes_a_report(root: Path, tmp_path: Path) -> None:
    for program in ("prometheus", "promtool", "prometheus-alertmanager"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    pytest.importorskip("waitress")
    pager, page = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    (tmp_path / "rules.yml").write_text(RULES)
    (tmp_path / "alertmanager.yml").write_text(ALERTMANAGER.format(url=f"http://{page}", token=TOKEN))
    settings = PROMETHEUS.format(rules=tmp_path / "rules.yml", alertmanager=pager)
    alertmanager = [
        "prometheus-alertmanager", f"--config.file={tmp_path}/alertmanager.yml", f"--storage.path={tmp_path}/pager",
        f"--web.listen-address={pager}", "--cluster.listen-address=",
    ]  # fmt: skip
    data = shifted(recording(root, "parcel-dbhold").metrics, tmp_path)
    with ExitStack() as stack:
        stack.enter_context(started(alertmanager, tmp_path / "pager.log", f"http://{pager}/-/ready"))
        url = stack.enter_context(prometheus(data, tmp_path, settings))
        serve = [sys.executable, "-m", "diagnose", "serve", "--prometheus", url, "--listen", page, "--json"]
        log = tmp_path / "serve.log"
        server = stack.enter_context(started(serve, log, f"http://{page}/healthz", DIAGNOSE_SERVE_TOKEN=TOKEN))
        folder = awaited(tmp_path / "incidents", "*-postal-PoolExhausted-*/report.html").parent
        awaited(folder, "report.json")
        verdict = json.loads((folder / "report.json").read_text())["verdict"]
        assert verdict["cause"] == "db-pool-exhaustion"
        shown = asked(f"http://{page}/")
        assert f"incidents/{folder.name}/report.html" in shown
        assert "PoolExhausted: postal" in shown
        assert asked(f"http://{page}/incidents/{folder.name}/report.html") == (folder / "report.html").read_text()
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE_S) == 0
    (line,) = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert (line["incident"], line["state"], line["report"]) == (
        folder.name,
        "done",
        f"incidents/{folder.name}/report.html",
    )


def test_a_watch_tells_what_turned_diagnoses_what_is_critical_and_ends_when_told(tmp_path: Path) -> None:
    now = time.time()
    rows = "".join(f"{now - 15 * step:.0f},{98 + step % 2 / 10}\n" for step in reversed(range(100)))
    (tmp_path / "metrics.csv").write_text(f"time,disk_used_percent\n{rows}")
    (tmp_path / "diagnose.yaml").write_text("services: [{name: shop, metrics: metrics.csv, since: 20m}]\n")
    watch = [sys.executable, "-m", "diagnose", "watch", "--every", "1s", "--incidents", "found"]
    with Team() as team:
        threading.Thread(target=team.serve_forever, daemon=True).start()
        process = subprocess.Popen(
            watch, cwd=tmp_path, text=True, stdout=subprocess.PIPE, env=os.environ | {"DIAGNOSE_NOTIFY_URL": team.url}
        )
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert (process.stdout.read(), process.wait(PATIENCE_S)) == ("", 0)
        team.shutdown()
    assert first == "CRITICAL shop: limit(disk): disk at 98% of the limit\n"
    assert re.fullmatch(
        r"REPORT   shop: limit\(disk\): .* found/\d{8}T\d{6}Z-shop-limit-disk-\w{8}/report.html\n", second
    )
    assert [said["text"] + "\n" for said in team.got] == [first, second]
    assert (tmp_path / second.split()[-1]).is_file()


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (["watch"], 3, "no service to check"),
        (["watch", "--every", "soon"], 3, "no service to check"),
        (["serve"], 2, "no source to look at"),
        (["serve", "--prometheus", "http://127.0.0.1:9", "--listen", "0.0.0.0:0"], 2, "DIAGNOSE_SERVE_TOKEN"),
        (["serve", "--prometheus", "http://127.0.0.1:9", "--listen", "9797"], 2, "not HOST:PORT"),
        (["serve", "--prometheus", "http://127.0.0.1:9", "--every", "1m"], 2, "list them under services"),
        (["serve", "--prometheus", "http://127.0.0.1:9", "--limit", "0s"], 2, "--limit 0s is too short"),
        (["serve", "--prometheus", "http://127.0.0.1:9", "--listen", "192.0.2.1:1"], 1, "cannot listen there"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if "192.0.2.1:1" in command:
        monkeypatch.setenv("DIAGNOSE_SERVE_TOKEN", TOKEN)
    done = within(*command)
    assert (done.code, done.stdout, done.stderr.count("\n")) == (code, "", 1), done
    assert said in done.stderr


def test_an_address_for_messages_that_is_none_is_refused_without_showing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "diagnose.yaml").write_text("services: [{name: shop, metrics: none.csv}]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIAGNOSE_NOTIFY_URL", "hooks.example/s3cret")
    done = within("watch")
    assert done.code == 2
    assert "s3cret" not in done.stderr
