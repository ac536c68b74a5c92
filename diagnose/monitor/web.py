"""The web page and the webhook, as a WSGI application."""

from __future__ import annotations

import hmac
import json
import mimetypes
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import (
    Forbidden,
    HTTPException,
    NotFound,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
)
from werkzeug.routing import Map, Rule
from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from diagnose.errors import DiagnoseError, UsageError
from diagnose.monitor import alerts
from diagnose.monitor.archive import PAGE, Archive
from diagnose.monitor.configuration import Configuration
from diagnose.monitor.desk import Desk, Taken
from diagnose.monitor.instruments import Instruments
from diagnose.monitor.records import State
from diagnose.report import listing

MOST = 1 << 20
"""Bytes of a notification; those of a hundred alerts are a tenth of it."""
SHOWN = 200
PAGES = frozenset({PAGE, "postmortem.html"})
"""The files that a browser may show as pages, since they bring their own policy; others it only saves or prints."""
_PRINTED = {".json": "application/json", ".md": "text/plain", ".txt": "text/plain"}
_REPORT = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
)
"""A report's own policy allows its style and script by hash; both hold. It may not read other pages of this server."""
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_CODES = {
    Taken.QUEUED: 202,
    Taken.KNOWN: 200,
    Taken.RESOLVED: 200,
    Taken.FULL: 503,
    Taken.UNSAVED: 503,
    Taken.REFUSED: 400,
}
_ROUTES = Map(
    [
        Rule("/", endpoint="index", methods=["GET"]),
        Rule("/webhook", endpoint="webhook", methods=["POST"]),
        Rule("/healthz", endpoint="alive", methods=["GET"]),
        Rule("/readyz", endpoint="ready", methods=["GET"]),
        Rule("/metrics", endpoint="metrics", methods=["GET"]),
        Rule("/incidents/<name>/<path:part>", endpoint="file", methods=["GET"]),
    ],
    strict_slashes=False,
    merge_slashes=False,
)
Started = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Site:
    """The application. `hosts` are the names under which it may be asked, empty: any; `token` guards the webhook."""

    desk: Desk
    archive: Archive
    instruments: Instruments
    given: Configuration
    labels: tuple[str, ...] = alerts.LABELS
    token: str = field(default="", repr=False)
    hosts: frozenset[str] = frozenset()
    clock: Callable[[], float] = time.time

    def __call__(self, environ: dict[str, Any], start: Started) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request.max_content_length = MOST
        try:
            response = self._answer(request)
        except HTTPException as error:
            response = _json({"error": error.description}, error.code or 500)
            response.headers.extend(
                (key, value) for key, value in error.get_headers() if key in {"Allow", "WWW-Authenticate"}
            )
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        return response(environ, start)

    def _answer(self, request: Request) -> Response:
        if self.hosts and _name(request.host) not in self.hosts:
            raise Forbidden("this name is not one of the server's; name it with --host-name")
        endpoint, values = _ROUTES.bind_to_environ(request.environ).match()
        answer: Callable[..., Response] = getattr(self, f"_{endpoint}")
        return answer(request, **values)

    def _index(self, _: Request) -> Response:
        rows, more = self.archive.rows(SHOWN)
        headers = {"Content-Security-Policy": f"{listing.policy()}; frame-ancestors 'none'"}
        if any(row.state in {State.QUEUED, State.RUNNING} for row in rows):
            headers["Refresh"] = "10"
        return Response(listing.render(rows, more=more), mimetype="text/html", headers=headers)

    def _webhook(self, request: Request) -> Response:
        given = request.authorization.token if request.authorization else None
        if self.token and not hmac.compare_digest((given or "").encode("latin-1", "replace"), self.token.encode()):
            raise Unauthorized("send the token as Authorization: Bearer TOKEN")
        if request.mimetype != "application/json":
            # What a page of another site can send without being asked for leave is never JSON.
            raise UnsupportedMediaType("send Alertmanager's JSON as Content-Type: application/json")
        taken, name = self._taken(request.get_data(cache=False))
        self.instruments.notified(taken)
        key = "error" if taken is Taken.REFUSED else "incident"
        answer = _json({"status": taken, key: name or None}, _CODES[taken])
        if answer.status_code == ServiceUnavailable.code:
            answer.headers["Retry-After"] = "60"
        return answer

    def _taken(self, body: bytes) -> tuple[Taken, str]:
        """What became of a notification, and the name of its incident; of a refused one, why."""
        try:
            order = alerts.order(alerts.read(body), self.given, now=self.clock(), labels=self.labels)
            return self.desk.submit(order) if order else (Taken.RESOLVED, "")
        except UsageError as error:
            return Taken.REFUSED, str(error)
        except DiagnoseError:
            return Taken.UNSAVED, ""

    def _file(self, request: Request, name: str, part: str) -> Response:
        found = self.archive.file(name, part)
        if found is None:
            raise NotFound("there is no such file")
        kind = "text/html" if part in PAGES else _PRINTED.get(found.suffix)
        response: Response = send_file(
            found, request.environ, mimetype=kind or _bytes(part), as_attachment=kind is None, download_name=found.name
        )
        if part in PAGES:
            response.headers["Content-Security-Policy"] = _REPORT
        return response

    def _alive(self, _: Request) -> Response:
        return _json({"status": "alive"})

    def _ready(self, _: Request) -> Response:
        return _json({"status": "full"}, 503) if self.desk.full else _json({"status": "ready"})

    def _metrics(self, _: Request) -> Response:
        return Response(self.instruments.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _name(host: str) -> str:
    """The name of a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _json(told: dict[str, object], code: int = 200) -> Response:
    return Response(json.dumps(told) + "\n", status=code, mimetype="application/json")


def _bytes(part: str) -> str:
    return "application/gzip" if mimetypes.guess_type(part)[1] == "gzip" else "application/octet-stream"
