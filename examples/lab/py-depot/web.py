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
from handlers import Handlers, NotFound
from names import Names
from pool import PoolTimeout
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from telemetry import Telemetry
from upstream import UpstreamError


class Web(ThreadingHTTPServer):
    """A thread a connection, but only so many requests at work at a time."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, workers: int, *, names: Names, handlers: Handlers, dials: Dials,
                 telemetry: Telemetry) -> None:
        super().__init__(("127.0.0.1", port), Request)
        self.names, self.handlers, self.dials, self.telemetry = names, handlers, dials, telemetry
        self.workers = threading.BoundedSemaphore(workers)
        self.log = logging.getLogger(names.service)
        self.access = logging.getLogger(f"{names.service}.access")
        self.at_work: dict[int, tuple[float, str]] = {}


class Request(BaseHTTPRequestHandler):
    """One request."""

    server: Web
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/metrics":
            self._metrics()
        elif parts.path.startswith("/lab/"):
            self._lab(parts.path, dict(parse_qsl(parts.query)))
        else:
            self._work(parts.path, dict(parse_qsl(parts.query)))

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
        elif path == "/lab/routes":
            self._answer(200, json.dumps({**self.server.names.routes(), "_service": self.server.names.service}).encode())
        elif self.command == "DELETE":
            dials.clear()
            self._answer(200, b"{}")
        else:
            try:
                dials.switch(query["name"], float(query.get("strength", "1")), float(query.get("creep_s", "0")))
                self._answer(200, b"{}")
            except (KeyError, ValueError) as error:
                self._answer(400, str(error).encode())

    def _work(self, path: str, query: dict[str, str]) -> None:
        telemetry, start = self.server.telemetry, time.perf_counter()
        role = self.server.handlers.route(path)
        if role is None:
            self._answer(404, b"{}")
            return
        telemetry.queued.inc()
        with self.server.workers:
            telemetry.queued.dec()
            telemetry.busy.inc()
            self.server.at_work[threading.get_ident()] = (time.time(), role)
            try:
                status, body = self._result(role, path, query)
            finally:
                self.server.at_work.pop(threading.get_ident(), None)
                telemetry.busy.dec()
        seconds = time.perf_counter() - start
        telemetry.served(self.command, path, status, seconds)
        self._note(path, status, seconds)
        self._answer(status, body)

    def _result(self, role: str, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        try:
            value: Any = getattr(self.server.handlers, role)(query)
            return 200, json.dumps(value, default=str).encode()
        except NotFound as error:
            self.server.log.warning("%s", error)
            return 404, b"{}"
        except Exception as error:
            expected = isinstance(error, PoolTimeout | UpstreamError) and self.server.names.brief
            self.server.log.error(self.server.names.messages["failed"], self.command, path, error, exc_info=not expected)
            return 500, b'{"error": "internal"}'

    def _note(self, path: str, status: int, seconds: float) -> None:
        if seconds > 1.0:
            self.server.log.warning(self.server.names.messages["slow"], self.command, path, seconds)
        if self.server.names.access_log:
            self.server.access.info("%s %s %d %.1fms", self.command, path, status, seconds * 1000)

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """The access log is written by _note."""
