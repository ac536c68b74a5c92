"""The way to a Prometheus-compatible server: session, credentials, retries; bytes come out, or a SourceError."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
import requests
from prometheus_api_client.prometheus_connect import PrometheusConnect
from urllib3.util.retry import Retry

from diagnose.errors import SourceError

_CONNECT_S = 3.05
_READ_S = 15.0
_TOTAL_S = 45.0
_MAX_BYTES = 1 << 30
_CHUNK = 1 << 20


class RefusedError(SourceError):
    """The server understood the question and would not answer it (400, 422): a smaller one may do."""


class _Complaint(msgspec.Struct):
    error: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """One Prometheus-compatible API: its address without a trailing slash, and the session that reaches it."""

    url: str
    client: PrometheusConnect
    session: requests.Session
    deadline: float

    def ask(self, path: str, parameters: Mapping[str, str]) -> bytearray:
        """The body of `POST /api/v1/<path>` (GET where POST is not allowed). Raises SourceError."""
        try:
            response = self._send("POST", path, parameters)
            if response.status_code == requests.codes.method_not_allowed:
                response = self._send("GET", path, parameters)
            return self._accepted(response)
        except requests.RequestException as error:
            raise SourceError(f"Prometheus at {self.url}: {_plain(error)}", remedy=self.remedy) from None

    @property
    def remedy(self) -> str:
        """The command that shows whether the server answers."""
        return f"curl -sS '{self.url}/api/v1/query?query=up'"

    def _send(self, method: str, path: str, parameters: Mapping[str, str]) -> requests.Response:
        where = {"data": parameters} if method == "POST" else {"params": parameters}
        return self.session.request(
            method,
            f"{self.url}/api/v1/{path}",
            timeout=(_CONNECT_S, _READ_S),
            stream=True,
            verify=self.session.verify,  # said again, or REQUESTS_CA_BUNDLE would win over DIAGNOSE_PROMETHEUS_CA
            **where,  # type: ignore[arg-type]
        )

    def _accepted(self, response: requests.Response) -> bytearray:
        body = self._body(response)
        if response.status_code in (400, 422):
            raise RefusedError(f"Prometheus at {self.url} refuses the query: {_complaint(body)}", remedy=self.remedy)
        if response.status_code in (401, 403):
            why = f"Prometheus at {self.url} wants other credentials (HTTP {response.status_code})"
            raise SourceError(why, remedy="export DIAGNOSE_PROMETHEUS_TOKEN=... # or _USER and _PASSWORD")
        if response.status_code != requests.codes.ok:
            why = f"Prometheus at {self.url} answers HTTP {response.status_code} {_complaint(body)}".rstrip()
            raise SourceError(why, remedy=self.remedy)
        if not body[:100].lstrip().startswith(b"{"):
            kind = "HTML" if b"<" in body[:200] else "something else"
            raise SourceError(
                f"{self.url} answers with {kind}, not the Prometheus API; check the address", remedy=self.remedy
            )
        return body

    def _body(self, response: requests.Response) -> bytearray:
        body = bytearray()
        for part in response.iter_content(_CHUNK):
            body += part
            if len(body) > _MAX_BYTES or time.monotonic() > self.deadline:
                response.close()
                raise SourceError(
                    f"Prometheus at {self.url}: the answer is too large or too slow; narrow with --select",
                    remedy=self.remedy,
                )
        return body


def connect(url: str, environment: Mapping[str, str]) -> Server:
    """A server reached through prometheus-api-client's session, with credentials from DIAGNOSE_PROMETHEUS_*.

    _TOKEN (bearer), _USER and _PASSWORD (basic), _CERT and _KEY (TLS client), _CA (trust), _TENANT (X-Scope-OrgID).
    """
    url = url.rstrip("/") if "://" in url else f"http://{url.rstrip('/')}"
    settings = {
        key.removeprefix("DIAGNOSE_PROMETHEUS_"): value
        for key, value in environment.items()
        if key.startswith("DIAGNOSE_PROMETHEUS_") and value
    }
    session = requests.Session()
    session.headers["Accept"] = "application/json"
    if _near(url):
        session.headers["Accept-Encoding"] = "identity"
    if "TENANT" in settings:
        session.headers["X-Scope-OrgID"] = settings["TENANT"]
    if "TOKEN" in settings:
        session.headers["Authorization"] = f"Bearer {settings['TOKEN']}"
    elif "USER" in settings:
        session.auth = (settings["USER"], settings.get("PASSWORD", ""))
    if "CERT" in settings:
        session.cert = (settings["CERT"], settings["KEY"]) if "KEY" in settings else settings["CERT"]
    session.verify = settings.get("CA", True)
    retry = Retry(
        total=3,
        connect=1,
        read=1,
        backoff_factor=0.25,
        status_forcelist=(408, 429, 500, 502, 503, 504),
        allowed_methods=None,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    client = PrometheusConnect(url=url, session=session, retry=retry)
    return Server(url, client, session, time.monotonic() + _TOTAL_S)


def _near(url: str) -> bool:
    """Whether the server is on this machine or network, where packing costs more time than it spares."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".svc"))


def _complaint(body: bytearray) -> str:
    try:
        return msgspec.json.decode(body, type=_Complaint).error[:300]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _plain(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    text = str(error)
    for sign, meaning in (
        ("Connection refused", "connection refused"),
        ("Name or service", "no such host"),
        ("resolve", "no such host"),
        ("CERTIFICATE", "its certificate is not trusted"),
        ("timed out", "no answer in time"),
    ):
        if sign in text:
            return meaning
    return f"cannot be reached ({type(error).__name__})"
