"""A real Prometheus on recorded data, and the program as people run it."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the program left behind."""

    code: int
    stdout: str
    stderr: str
    out: Path

    @property
    def report(self) -> dict[str, Any]:
        return json.loads((self.out / "report.json").read_text())


def diagnose(*arguments: str, out: Path | None = None, cwd: Path | None = None) -> Run:
    command = [sys.executable, "-m", "diagnose", *arguments, *(["--out", str(out)] if out else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=cwd)
    return Run(done.returncode, done.stdout, done.stderr, out or Path())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def prometheus(data: Path, scratch: Path) -> Iterator[str]:
    """Serve a copy of a recorded data directory on loopback."""
    copy = scratch / "tsdb"
    shutil.copytree(data, copy)
    config = scratch / "prometheus.yml"
    config.write_text("scrape_configs: []\n")
    port = free_port()
    command = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={copy}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    with (scratch / "prometheus.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/-/ready", scratch / "prometheus.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_until_ready(url: str, log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"Prometheus does not answer: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """Give the URL of a Prometheus that serves a data directory; each directory is served once a session."""
    if shutil.which("prometheus") is None:
        pytest.skip("Prometheus is not installed")
    urls: dict[Path, str] = {}
    with ExitStack() as servers:

        def url_of(data: Path) -> str:
            if data not in urls:
                urls[data] = servers.enter_context(prometheus(data, tmp_path_factory.mktemp("prometheus")))
            return urls[data]

        yield url_of


@pytest.fixture(scope="session")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Turn a recording's OpenMetrics text into the data directory of a Prometheus."""
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")
    made: dict[Path, Path] = {}

    def data_of(metrics: Path) -> Path:
        if metrics not in made:
            folder = tmp_path_factory.mktemp("blocks")
            text = folder / "metrics.om"
            text.write_bytes(gzip.decompress(metrics.read_bytes()))
            data = folder / "data"
            command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(data)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, done.stderr
            made[metrics] = data
        return made[metrics]

    return data_of
