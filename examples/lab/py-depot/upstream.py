"""The client of the upstream: one urllib3 pool and a time-out."""

from __future__ import annotations

import time
from typing import Any

import urllib3
from dials import Dials
from prometheus_client import Gauge
from settings import Settings
from style import Style
from telemetry import Telemetry


class UpstreamError(Exception):
    """The upstream did not answer, or answered with a failure."""


def _counting(base: type[Any], gauge: Gauge) -> type[Any]:
    class Counted(base):  # type: ignore[misc]
        """A connection that is counted while it is open."""

        counted = False

        def connect(self) -> None:
            super().connect()
            self.counted = True
            gauge.inc()

        def close(self) -> None:
            if self.counted:
                self.counted = False
                gauge.dec()
            super().close()

    Counted.__name__ = Counted.__qualname__ = base.__name__
    return Counted


class Upstream:
    """Calls with the service's token; flaws leave answers unread or open a client per call."""

    def __init__(self, style: Style, settings: Settings, *, dials: Dials, telemetry: Telemetry) -> None:
        self._style, self._settings, self._dials, self._telemetry = style, settings, dials, telemetry
        self._http = self._client()
        self._kept: list[Any] = []

    def _client(self) -> urllib3.PoolManager:
        client = urllib3.PoolManager(num_pools=4, maxsize=16, ca_certs=self._settings.authority, retries=False)
        gauge = self._telemetry.upstream_open
        client.pool_classes_by_scheme = {
            scheme: type(pool.__name__, (pool,), {"ConnectionCls": _counting(pool.ConnectionCls, gauge)})
            for scheme, pool in (("http", urllib3.HTTPConnectionPool), ("https", urllib3.HTTPSConnectionPool))
        }
        return client

    def call(self, identity: str) -> bytes:
        """One call; UpstreamError says what went wrong."""
        start, outcome = time.perf_counter(), "error"
        try:
            body = self._send(identity)
            outcome = "ok"
        except urllib3.exceptions.HTTPError as error:
            raise UpstreamError(self._style.messages["upstream"] % error) from error
        finally:
            self._telemetry.upstream_time.labels(outcome).observe(time.perf_counter() - start)
        return body

    def _send(self, identity: str) -> bytes:
        client, unread = self._http, self._dials.hits("sockets_unread")
        if self._dials.hits("client_per_call"):
            client = self._client()
            self._kept.append(client)
        limit = self._settings.number("upstream.timeout_s")
        answer = client.request(
            "GET", f"{self._settings.upstream}{self._settings.config['upstream.path']}?id={identity}",
            headers={"Authorization": f"Bearer {self._settings.token}"}, preload_content=not unread,
            timeout=urllib3.Timeout(connect=min(2.0, limit), read=limit) if limit else None,
        )  # fmt: skip
        if unread:
            self._kept.append(answer)
            return b"{}"
        if answer.status != 200:
            after = answer.headers.get("Retry-After")
            told = f"HTTP {answer.status} {answer.reason}" + (f", retry after {after} s" if after else "")
            raise UpstreamError(self._style.messages["upstream"] % told)
        return answer.data
