"""Profiles from a live service: a real server on the loopback, in good and in bad health."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from diagnose.signals.profile import ProfileKind
from diagnose.sources.profiles.live import capture
from tests.sources.profiles.made import Made

HEAP = [("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"), ("inuse_space", "bytes")]
INDEX = (
    "<table>"
    "<tr><td>9</td><td><a href='heap?debug=1'>heap</a></td></tr>"
    "<tr><td>{count}</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>"
    "<tr><td>4</td><td><a href='mutex?debug=1'>mutex</a></td></tr></table>"
)
BODIES = {
    "/debug/pprof/heap": Made(HEAP, default="inuse_space").add(["main.f"], [1, 2, 3, 4]).bytes(),
    "/debug/pprof/goroutine": Made([("goroutine", "count")]).add(["main.f"], [3]).bytes(),
    "/debug/pprof/profile": Made([("samples", "count"), ("cpu", "nanoseconds")]).add(["main.f"], [1, 9]).bytes(),
}


class Service(BaseHTTPRequestHandler):
    """Answers as a Go service does; the mutex profile is broken."""

    count = 120
    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        path = self.path.partition("?")[0]
        body = INDEX.format(count=self.count).encode() if path == "/debug/pprof/" else BODIES.get(path)
        self.send_response(200 if body else 503)
        self.end_headers()
        self.wfile.write(gzip.compress(body) if body and path != "/debug/pprof/" else body or b"profiling is busy")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def service() -> Iterator[str]:
    """The address of a running service."""
    Service.asked = []
    Service.count = 120
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_all_that_is_offered_is_captured(service: str) -> None:
    said: list[str] = []
    profiles, gaps = capture(service + "/debug/pprof", seconds=0.2, progress=said.append)
    assert [profile.kind for profile in profiles] == [ProfileKind.HEAP, ProfileKind.GOROUTINE, ProfileKind.CPU]
    assert all(profile.raw[:2] == b"\x1f\x8b" for profile in profiles)
    assert profiles[0].source == service + "/debug/pprof/heap"
    # THEN what could not be had is a gap with a command that would get it
    assert [("503" in gap.why, "curl" in (gap.command or "")) for gap in gaps] == [(True, True)]


def test_the_cost_is_said_before_it_is_caused(service: str) -> None:
    Service.count = 80_000
    asked_when_said: list[bool] = []

    def say(text: str) -> None:
        if "80000 goroutines" in text:
            assert "users notice" in text
            asked_when_said.append(any("goroutine" in path for path in Service.asked))

    capture(service, seconds=0, progress=say)
    assert asked_when_said == [False]
    assert "/debug/pprof/goroutine" in Service.asked
    assert not any("profile?seconds" in path for path in Service.asked)


def test_a_service_that_does_not_answer_is_one_gap() -> None:
    profiles, gaps = capture("http://127.0.0.1:1/debug/pprof", seconds=1, progress=lambda _: None)
    assert (profiles, len(gaps)) == ((), 1)
    assert "no answer" in gaps[0].why
