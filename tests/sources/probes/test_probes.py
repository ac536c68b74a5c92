"""Probes against listeners of this machine: a closed port, a silent one, HTTP, TLS, a real Redis."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from threading import Thread

import pytest
import trustme

from diagnose.errors import UsageError
from diagnose.signals.evidence import Signal
from diagnose.signals.probes import Probe, Step
from diagnose.sources.probes import collect
from diagnose.sources.probes.target import parse

AT = 1_795_000_000.0


def probed(*targets: str) -> list[Probe]:
    probes, _ = collect(targets, clock=lambda: AT)
    return list(probes)


@contextmanager
def listening(*, hang_up: bool = False) -> Iterator[int]:
    """A port that takes connections and says nothing, or hangs up at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            kept = []
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                if hang_up:
                    connection.close()
                else:
                    kept.append(connection)

        Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@contextmanager
def web(status: int, context: SSLContext | None = None) -> Iterator[int]:
    """A web server that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("shop:8080", [Step.NAME, Step.PORT]),
        ("[::1]:8080", [Step.NAME, Step.PORT]),
        ("https://shop/health", [Step.NAME, Step.PORT, Step.TLS, Step.HTTP]),
        ("redis://cache", [Step.NAME, Step.PORT, Step.LOGIN]),
        ("postgres://shop@db/orders", [Step.NAME, Step.PORT, Step.LOGIN]),
        ("process:nginx", [Step.PROCESS]),
        ("container:shop-1", [Step.CONTAINER]),
    ],
)
def test_what_is_tried_follows_from_how_a_target_is_written(text: str, steps: list[Step]) -> None:
    assert list(parse(text).steps) == steps


@pytest.mark.parametrize("text", ["", "shop", "ftp://shop", "shop:99999", "process:", "http://", "a b:80", "-x:1/../"])
def test_what_is_no_target_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(UsageError, match="HOST:PORT"):
        parse(text)


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="PGPASSWORD") as refused:
        parse("postgres://shop:s3cret@db/orders")
    assert "s3cret" not in str(refused.value)


def test_a_listener_holds_and_a_closed_port_is_refused() -> None:
    with listening() as port:
        name, connected = probed(f"127.0.0.1:{port}")
    assert (name.held, connected.held, connected.at) == (True, True, AT)
    refused = probed(f"127.0.0.1:{closed_port()}")[-1]
    assert (refused.step, refused.held, refused.reason) == (Step.PORT, False, "refused")
    assert refused.command.startswith("nc -vz")


def test_a_port_that_hangs_up_at_once_leads_to_nobody() -> None:
    with listening(hang_up=True) as port:
        assert probed(f"127.0.0.1:{port}")[-1].reason == "closed"


def test_a_name_that_does_not_resolve_ends_the_way() -> None:
    (only,) = probed("https://nowhere.invalid/")
    assert (only.step, only.held, only.reason) == (Step.NAME, False, "unknown-name")


@pytest.mark.parametrize(
    ("status", "held", "reason"),
    [(200, True, ""), (404, True, ""), (401, False, "denied"), (429, False, "limited"), (503, False, "broken")],
)
def test_an_answer_is_judged_by_its_status(status: int, held: bool, reason: str) -> None:
    with web(status) as port:
        last = probed(f"http://127.0.0.1:{port}/health")[-1]
    assert (last.step, last.held, last.reason) == (Step.HTTP, held, reason)
    assert str(status) in last.said


def test_no_answer_in_time_is_told_from_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diagnose.sources.probes.http.TIMEOUT_S", 0.2)
    with listening() as port:
        assert probed(f"http://127.0.0.1:{port}/")[-1].reason == "timeout"


@pytest.mark.parametrize(
    ("name", "days", "trusted", "reason"),
    [
        ("localhost", 30, True, ""),
        ("localhost", -1, True, "expired"),
        ("elsewhere.example", 30, True, "wrong-name"),
        ("localhost", 30, False, "untrusted"),
    ],
)
def test_a_certificate_is_judged_as_a_client_would(
    name: str,
    days: int,
    trusted: bool,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority, other, context = trustme.CA(), trustme.CA(), SSLContext(PROTOCOL_TLS_SERVER)
    now = datetime.now(UTC)
    authority.issue_cert(
        name, not_before=now - timedelta(days=60), not_after=now + timedelta(days=days)
    ).configure_cert(context)
    (authority if trusted else other).cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with web(200, context) as port:
        last = probed(f"https://localhost:{port}/")[-1]
    assert last.reason == reason
    assert last.step is (Step.TLS if reason else Step.HTTP)


def test_a_plain_port_fails_the_handshake() -> None:
    with web(200) as port:
        assert probed(f"tls://localhost:{port}")[-1].reason == "handshake"


def test_a_process_is_found_by_name_and_number_with_where_it_listens(tmp_path: Path) -> None:
    script = tmp_path / "parcel-worker"
    script.write_text(
        "import socket, time\ns = socket.create_server(('127.0.0.1', 0))\nprint(flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        try:
            named, numbered = probed("process:parcel-worker", f"pid:{worker.pid}")
        finally:
            worker.kill()
    assert named.held
    assert numbered.held
    assert "listens on 127.0.0.1:" in named.said
    (gone,) = probed("process:parcel-worker")
    assert (gone.held, gone.reason) == (False, "absent")


def test_a_process_that_nobody_took_note_of_has_ended() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    try:
        deadline = time.monotonic() + 10
        while (found := probed(f"pid:{child}")[0]).held and time.monotonic() < deadline:
            time.sleep(0.01)
        assert (found.held, found.reason) == (False, "zombie")
    finally:
        os.waitpid(child, 0)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[int]:
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    port = closed_port()
    command = ["redis-server", "--port", str(port), "--requirepass", "right", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
        server.terminate()


@pytest.mark.parametrize(("secret", "held"), [("right", True), ("wrong", False), ("", None)])
def test_credentials_are_tried_with_the_password_of_the_environment(
    redis: int, secret: str, held: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDISCLI_AUTH", secret)
    probes, gaps = collect([f"redis://127.0.0.1:{redis}"], clock=lambda: AT)
    assert (probes[-1].step, probes[-1].held) == (Step.LOGIN, held)
    assert [gap.signal for gap in gaps] == ([Signal.PROBE] if held is None else [])
    assert secret not in probes[-1].said or not secret
