"""Credentials come from the environment, reach the server, and are written nowhere; secrets in logs are masked."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.e2e.conftest import Run, recording, within

SECRET = "s3cr3t-Value-0815"
BASIC = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
Seen = list[dict[str, str]]


class _Guarded(BaseHTTPRequestHandler):
    """A Prometheus without data that wants credentials and notes what it was sent."""

    seen: Seen

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append(dict(self.headers))
        known = self.headers.get("Authorization") in {f"Bearer {SECRET}", BASIC}
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps({"status": "success", "data": []}).encode())

    do_GET = do_POST = _answer  # noqa: N815 - names of the standard library

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def guarded() -> Iterator[tuple[str, Seen]]:
    seen: Seen = []
    handler = type("Handler", (_Guarded,), {"seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()


def asked(root: Path, url: str, out: Path) -> Run:
    one = recording(root, "parcel-receive")
    done = within("incident", "--prometheus", url, *one.logs, *one.window, "--no-ask", out=out)
    assert done.code == 0, done.stderr
    return done


def written(out: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file())


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        ({"TOKEN": SECRET, "TENANT": "team"}, f"Bearer {SECRET}"),
        ({"USER": "me", "PASSWORD": SECRET}, BASIC),
    ],
)
def test_credentials_reach_the_server_and_are_written_nowhere(
    root: Path,
    tmp_path: Path,
    guarded: tuple[str, Seen],
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    header: str,
) -> None:
    url, seen = guarded
    for name, value in settings.items():
        monkeypatch.setenv(f"DIAGNOSE_PROMETHEUS_{name}", value)
    done = asked(root, url, tmp_path / "out")
    assert {one["Authorization"] for one in seen} == {header}
    assert {one.get("X-Scope-OrgID") for one in seen} == {settings.get("TENANT")}
    told = written(done.out) + (done.stdout + done.stderr).encode()
    assert SECRET.encode() not in told
    assert header.split()[1].encode() not in told


def test_without_them_the_gap_says_how_to_give_them(root: Path, tmp_path: Path, guarded: tuple[str, Seen]) -> None:
    done = asked(root, guarded[0], tmp_path / "out")
    (gap,) = (gap for gap in done.report["missing"] if guarded[0] in gap["why"])
    assert "401" in gap["why"]
    assert "DIAGNOSE_PROMETHEUS_TOKEN" in gap["command"]


def test_secrets_of_the_log_reach_neither_bundle_nor_report(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    rows = [
        {"time": f"2026-01-31T03:{i // 60:02}:{i % 60:02}Z", "level": "error" if i > 300 else "info", "msg": told}
        for i in range(600)
        for told in ("login refused for password=" + SECRET, f"sent Authorization: Bearer {SECRET}")
    ]
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = within("incident", "--logs", str(log), "--no-ask", out=tmp_path / "out")
    assert done.code == 0, done.stderr
    bundle = json.loads(gzip.decompress((done.out / "bundle" / "logs.json.gz").read_bytes()))
    assert sum(bundle["masked"].values()) > 0
    assert SECRET not in json.dumps(bundle)
    assert SECRET.encode() not in written(done.out)
