"""Messages to a team arrive, again where that may help, and never say more than they should."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import urllib3.util.retry

from diagnose.monitor.notify import Notifier


class Team(ThreadingHTTPServer):
    """A webhook that answers as it is told, with 200 at last."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.got: list[dict[str, Any]] = []
        super().__init__(("127.0.0.1", 0), Hook)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/secret"


class Hook(BaseHTTPRequestHandler):
    server: Team

    def do_POST(self) -> None:
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        code = self.server.codes.pop(0) if self.server.codes else 200
        self.send_response(code)
        self.send_header("Location", "/elsewhere")
        self.send_header("Retry-After", "9999")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def team(monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    monkeypatch.setattr(urllib3.util.retry.time, "sleep", lambda _: None)
    with Team() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_message_is_what_slack_takes_and_calls_nobody(team: Team) -> None:
    assert Notifier(team.url).tell("<!channel> a & b > c\n\x1b[31mred") == ""
    assert team.got == [{"text": "&lt;!channel&gt; a &amp; b &gt; c\nred"}]


@pytest.mark.parametrize(
    ("codes", "times", "why"), [([503, 429], 3, ""), ([400], 1, "status 400"), ([302], 1, "status 302")]
)
def test_it_is_sent_again_where_that_may_help(team: Team, codes: list[int], times: int, why: str) -> None:
    team.codes = list(codes)
    assert (Notifier(team.url).tell("down"), len(team.got)) == (why, times)


def test_it_gives_up_without_naming_the_address(team: Team) -> None:
    team.codes = [503] * 9
    notifier = Notifier(team.url)
    assert notifier.tell("down") == "RetryError"
    assert "secret" not in repr(notifier)
    assert Notifier("http://").tell("down")
