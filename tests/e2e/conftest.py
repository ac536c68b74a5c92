"""A real Prometheus on recorded data, and the program as people run it."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from diagnose.cli import run as entry


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
    """The program as a process of its own."""
    command = [sys.executable, "-m", "diagnose", *arguments, *(["--out", str(out)] if out else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=cwd)
    return Run(done.returncode, done.stdout, done.stderr, out or Path())


def within(*arguments: str, out: Path | None = None) -> Run:
    """The same from its entry point inside this process: quicker where a process of its own shows nothing more."""
    told, noted = io.StringIO(), io.StringIO()
    line = ["diagnose", *arguments, *(["--out", str(out)] if out else [])]
    with mock.patch.object(sys, "argv", line), redirect_stdout(told), redirect_stderr(noted):
        try:
            entry()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return Run(code, told.getvalue(), noted.getvalue(), out or Path())


@dataclass(frozen=True, slots=True)
class Recording:
    """An incident of examples/incidents and what is true of it."""

    folder: Path
    truth: dict[str, Any]

    @property
    def metrics(self) -> Path:
        return self.folder / "metrics.om.gz"

    @property
    def window(self) -> list[str]:
        return ["--start", self.truth["window"]["start"], "--end", self.truth["window"]["end"]]

    @property
    def logs(self) -> list[str]:
        return ["--logs", str(self.folder / "app.log.gz")]

    @property
    def profiles(self) -> list[str]:
        there = (self.folder / "profiles").is_dir()
        return ["--profiles", str(self.folder / "profiles")] if there else []


def recording(root: Path, name: str) -> Recording:
    incidents = root / "examples" / "incidents"
    return Recording(incidents / name, json.loads((incidents / f"{name}.truth.json").read_text()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def prometheus(data: Path, scratch: Path, settings: str = "scrape_configs: []\n") -> Iterator[str]:
    """Serve a copy of a recorded data directory on loopback."""
    copy = scratch / "tsdb"
    shutil.copytree(data, copy)
    config = scratch / "prometheus.yml"
    config.write_text(settings)
    port = free_port()
    command = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={copy}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
        "--rules.alert.resend-delay=1s",
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
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Iterable[Path]], Path]:
    """Turn OpenMetrics texts into one data directory of a Prometheus."""
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")

    def data_of(texts: Iterable[Path]) -> Path:
        folder = tmp_path_factory.mktemp("blocks")
        for number, packed in enumerate(texts):
            text = folder / f"{number}.om"
            text.write_bytes(gzip.decompress(packed.read_bytes()))
            command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(folder / "data")]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, done.stderr
        return folder / "data"

    return data_of
