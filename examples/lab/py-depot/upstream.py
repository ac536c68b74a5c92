"""The client of the upstream: one urllib3 pool, a time-out, and a hosts table in place of service discovery."""

from __future__ import annotations

import random
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import urllib3
from dials import Dials
from names import Names
from prometheus_client import Gauge
from settings import Settings
from telemetry import Telemetry

_resolve = socket.getaddrinfo


class UpstreamError(Exception):
    """The upstream did not answer, or answered with a failure."""


def _counting(base: type[urllib3.connection.HTTPConnection], gauge: Gauge) -> type[urllib3.connection.HTTPConnection]:
    class Counted(base):  # type: ignore[valid-type, misc]
        """A connection that is counted while it is open."""

        def connect(self) -> None:
            super().connect()
            gauge.inc()

        def close(self) -> None:
            if self.sock is not None:
                gauge.dec()
            super().close()

    Counted.__name__ = Counted.__qualname__ = base.__name__
    return Counted


class Upstream:
    """Calls under the upstream's own name; the address comes from the table until the entry goes missing."""

    def __init__(self, names: Names, settings: Settings, *, dials: Dials, telemetry: Telemetry) -> None:
        self._names, self._settings, self._dials, self._telemetry = names, settings, dials, telemetry
        address = urlsplit(settings.upstream)
        self._address = address.hostname or "127.0.0.1"
        self._base = f"{address.scheme}://{names.upstream_host}:{address.port}"
        self._open = Gauge(f"{names.service}_{names.upstream}_connections_open", "Open connections to the upstream.")
        self._http = self._client()
        self._kept: list[Any] = []
        socket.getaddrinfo = self._lookup

    def _client(self) -> urllib3.PoolManager:
        client = urllib3.PoolManager(num_pools=4, maxsize=16, ca_certs=self._settings.authority, retries=False)
        plain = type("Plain", (urllib3.HTTPConnectionPool,), {
            "ConnectionCls": _counting(urllib3.connection.HTTPConnection, self._open)})
        secure = type("Secure", (urllib3.HTTPSConnectionPool,), {
            "ConnectionCls": _counting(urllib3.connection.HTTPSConnection, self._open)})
        client.pool_classes_by_scheme = {"http": plain, "https": secure}
        return client

    def _lookup(self, host: Any, *rest: Any, **more: Any) -> Any:
        if host == self._names.upstream_host and random.random() >= self._dials.level("name_gone"):
            host = self._address
        return _resolve(host, *rest, **more)

    def call(self, identity: str) -> bytes:
        """One call; UpstreamError says what went wrong."""
        start = time.perf_counter()
        outcome = "error"
        try:
            body = self._send(identity)
            outcome = "ok"
        except urllib3.exceptions.HTTPError as error:
            raise UpstreamError(self._names.messages["upstream"] % (self._names.upstream, error)) from error
        else:
            return body
        finally:
            self._telemetry.upstream_seconds.labels(outcome).observe(time.perf_counter() - start)

    def _send(self, identity: str) -> bytes:
        client = self._http
        if random.random() < self._dials.level("name_gone"):
            client.clear()
        unread = random.random() < self._dials.level("sockets_unread")
        if random.random() < self._dials.level("client_per_call"):
            client = self._client()
            self._kept.append(client)
        limit = self._settings.number("upstream.timeout_s")
        answer = client.request(
            "GET", f"{self._base}{self._settings.config['upstream.path']}?id={identity}",
            headers={"Authorization": f"Bearer {self._settings.key}"}, preload_content=not unread,
            timeout=urllib3.Timeout(connect=min(2.0, limit), read=limit) if limit else None)
        if unread:
            self._kept.append(answer)
            return b"{}"
        if answer.status != 200:
            after = answer.headers.get("Retry-After")
            raise UpstreamError(self._names.messages["upstream"] % (
                self._names.upstream, f"HTTP {answer.status} {answer.reason}" + (f", retry after {after} s" if after else "")))
        return answer.data
