"""The HTTP side: workers, error answers, access log, /metrics and the lab's switches."""

from __future__ import annotations

import json
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dials import Dials
from handlers import Handlers, NotFoundError
from pool import PoolTimeoutError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from style import Style
from telemetry import Telemetry
from upstream import UpstreamError

log, access = logging.getLogger("depot"), logging.getLogger("depot.access")


class Web(ThreadingHTTPServer):
    """A thread a connection, but only so many requests at work at a time."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, workers: int, *, style: Style, handlers: Handlers, dials: Dials,
                 telemetry: Telemetry) -> None:  # fmt: skip
        super().__init__(("127.0.0.1", port), Request)
        self.style, self.handlers, self.dials, self.telemetry = style, handlers, dials, telemetry
        self.workers = threading.BoundedSemaphore(workers)
        self.at_work: dict[int, float] = {}

    def handle_error(self, _request: Any, _client: Any) -> None:
        """Callers that went away are nobody's news."""


class Request(BaseHTTPRequestHandler):
    """One connection's requests."""

    server: Web
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Serve metrics, the lab, or the business."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        if parts.path == "/metrics":
            self._metrics()
        elif parts.path.startswith("/lab/"):
            self._lab(parts.path, query)
        else:
            self._work(parts.path, query)

    do_POST = do_DELETE = do_GET  # noqa: N815

    def _metrics(self) -> None:
        if self.server.dials.level("metrics_hang"):
            time.sleep(60)
        if self.server.dials.level("metrics_broken"):
            self._answer(500, b"collector failed")
            return
        self.server.telemetry.threads.set(threading.active_count())
        self._answer(200, generate_latest(), CONTENT_TYPE_LATEST)

    def _lab(self, path: str, query: dict[str, str]) -> None:
        dials = self.server.dials
        if path == "/lab/faults":
            self._answer(200, dials.listing().encode())
        elif self.command == "DELETE":
            dials.on.clear()
            self._answer(200, b"{}")
        else:
            strength, creep_s = float(query.get("strength", "1")), float(query.get("creep_s", "0"))
            known = dials.switch(query.get("name", ""), strength, creep_s)
            self._answer(200 if known else 404, b"{}")

    def _work(self, path: str, query: dict[str, str]) -> None:
        telemetry, start = self.server.telemetry, time.perf_counter()
        if path not in self.server.handlers.routes:
            self._answer(404, b"{}")
            return
        telemetry.queued.inc()
        with self.server.workers:
            telemetry.queued.dec()
            telemetry.busy.inc()
            self.server.at_work[threading.get_ident()] = time.time()
            status, body = self._result(path, query)
            self.server.at_work.pop(threading.get_ident(), None)
            telemetry.busy.dec()
        seconds = time.perf_counter() - start
        telemetry.served(self.command, path, status, seconds)
        self._note(path, status, seconds)
        self._answer(status, body)

    def _result(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        try:
            return 200, json.dumps(self.server.handlers.routes[path](query), default=str).encode()
        except NotFoundError as error:
            log.warning("%s", error)
            return 404, b"{}"
        except Exception as error:
            brief = self.server.style.brief and isinstance(error, PoolTimeoutError | UpstreamError)
            log.error(self.server.style.messages["failed"], self.command, path, error, exc_info=not brief)
            return 500, b'{"error": "internal"}'

    def _note(self, path: str, status: int, seconds: float) -> None:
        if seconds > 1.0:
            log.warning(self.server.style.messages["slow"], self.command, path, seconds)
        if self.server.style.access_log:
            access.info("%s %s %d %.1fms", self.command, path, status, seconds * 1000)

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """The access log is written by _note."""
