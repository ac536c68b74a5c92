"""Request lines of web servers, proxies and frameworks: nginx, Apache, HAProxy, Gin, WSGI servers."""

from __future__ import annotations

import re

from diagnose.sources.logs.flags import FIELD, FLAG, words
from diagnose.sources.logs.record import Value

PROTOCOL = " HTTP/"
"""What stands before the last ten characters of a line that ends with a request, as HAProxy's do."""
_VERBS = "GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|CONNECT|TRACE|PROPFIND|PURGE"
_QUOTED = re.compile(
    rf'"(?P<method>{_VERBS}) (?P<path>\S*)(?: HTTP/[\d.]+)?" (?:status: )?(?P<status>[1-5]\d\d|0(?= [A-Z]))(?![\d.])'
    r"(?P<rest>.*)"
)
# Behind the status: Envoy's flags, in Istio's format details and a reason, bytes both ways and milliseconds.
_ENVOY = re.compile(
    rf' (?P<flags>-|{FLAG})(?: \S+ \S+ "(?P<reason>[^"]*)")? \d+ \d+ (?P<spent>\d+) (?:\d+|-) "', re.ASCII
)
_GIN = re.compile(
    rf"\| *(?P<status>[1-5]\d\d) *\| *(?P<took>[\d.]+(?:ns|µs|us|ms|s|m)[\d.smµn]*) *\|[^|]*\| *(?P<method>{_VERBS}) +"
    r'"?(?P<path>[^\s"]+)'
)
_HAPROXY = re.compile(
    r" (?P<backend>[\w.\-]+)/(?P<server>[\w.\-<>]+) (?:-?\d+/){4}\+?(?P<took>\d+) (?P<status>[1-5]\d\d) \+?\d+ \S+ \S+ "
    rf'(?P<ended>\S{{4}}) .*"(?P<method>{_VERBS}) (?P<path>\S+)[^"]*"$'
)
_TOOK = re.compile(
    r"(?:\brt=|\brequest_time[=:]\s?|\btime: |\burt=)\"?(?P<named>\d+\.\d+)|\s\"?(?P<bare>\d{1,4}\.\d{3})\"?(?=\s|$)"
)
_SPOKEN = re.compile(rf"\b(?P<method>{_VERBS}) (?P<path>/[^\s\"']*)\"?(?: HTTP/[\d.]+)?\"?(?P<rest>.{{0,200}})")
_ANSWER = re.compile(
    r"[\s\W]{0,4}(?:status(?: code)?[=: ]+|responded |returned |-> ?)?(?P<status>[1-5]\d\d)(?![\d.]|\s?m?s\b)"
)
_SPENT = re.compile(r"(?<![\w.])(?P<number>\d+(?:\.\d+)?) ?(?P<unit>ns|µs|μs|us|ms|msec|s|secs?|seconds)(?![\w/])")
_UNITS = {"msec": "ms", "sec": "s", "secs": "s", "seconds": "s"}


def spoken(message: str) -> dict[str, Value]:
    """What a message such as `GET /cart 200 in 12ms` or `slow request GET /cart took 3.1s` says of a request."""
    found = _SPOKEN.search(message)  # a whole URL would be a call that the service makes, not one that it answers
    if found is None:
        return {}
    fields: dict[str, Value] = {"method": found["method"], "path": found["path"].rstrip(":,;")}
    if (answer := _ANSWER.match(found["rest"])) is not None:
        fields["status"] = int(answer["status"])
    if (spent := _SPENT.search(found["rest"])) is not None:
        fields["duration"] = spent["number"] + _UNITS.get(spent["unit"], spent["unit"])
    return fields


def request_of(text: str) -> tuple[str, dict[str, Value]] | None:
    """The message and the fields (method, path, status, request_time in seconds) of a request line, None otherwise."""
    found = _QUOTED.search(text)
    if found is not None:
        fields: dict[str, Value] = {"method": found["method"], "path": found["path"], "status": int(found["status"])}
        took = _TOOK.search(found["rest"])
        if took is not None:
            fields["request_time"] = float(took["named"] or took["bare"])
        message = f"{found['method']} {found['path'].partition('?')[0]} {found['status']}"
        if (envoy := _ENVOY.match(found["rest"])) is not None:
            message += _outcome(envoy, fields)
        return message, fields
    if text[-10:-4] == PROTOCOL and (found := _HAPROXY.search(text)) is not None:
        message = f"{found['method']} {found['path'].partition('?')[0]} {found['status']}"
        fields = {each: found[each] for each in ("method", "path", "backend", "server", "ended")}
        return message, {**fields, "status": int(found["status"]), "request_time": int(found["took"]) / 1000}
    found = _GIN.search(text)
    if found is None:
        return None
    message = f"{found['method']} {found['path'].partition('?')[0]} {found['status']}"
    return message, {
        "method": found["method"],
        "path": found["path"],
        "status": int(found["status"]),
        "latency": found["took"],
    }


def _outcome(envoy: re.Match[str], fields: dict[str, Value]) -> str:
    """What Envoy says of how a request ended, behind a colon; its duration and reason go into the fields."""
    fields["duration_ms"] = int(envoy["spent"])
    if envoy["reason"] not in {None, "-"}:
        fields["upstream_transport_failure_reason"] = envoy["reason"]
    if envoy["flags"] == "-":
        return ""
    fields[FIELD] = envoy["flags"]
    return f": {said}" if (said := words(envoy["flags"])) else ""
