"""What Alertmanager posts, and the order that follows from it.

The form is version 4 of https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from diagnose.errors import UsageError
from diagnose.monitor.configuration import Configuration, Service, Sources
from diagnose.monitor.orders import Order, arguments
from diagnose.report.text import line

LABELS = ("job", "namespace", "pod", "instance")
"""Labels by which alerts name a suspect, and which its metrics have too."""
_MOST = 200  # alerts of one notification that are looked at
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_EQUAL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
_NAMED = ("service", "app", "application", "job")


class Alert(msgspec.Struct, rename="camel", frozen=True):
    """One alert; `starts_at` is when it began to fire."""

    status: str
    labels: dict[str, str]
    starts_at: datetime
    fingerprint: str = ""


class Notification(msgspec.Struct, rename="camel", frozen=True):
    """A group of alerts."""

    group_key: str
    alerts: tuple[Alert, ...]
    version: str = "4"
    status: str = ""

    @property
    def firing(self) -> tuple[Alert, ...]:
        """The alerts that fire, the first that began before the others."""
        firing = (alert for alert in self.alerts[:_MOST] if alert.status == "firing")
        return tuple(sorted(firing, key=lambda alert: (_seconds(alert), alert.fingerprint)))


def read(body: bytes) -> Notification:
    """The notification of a request's body. Raises UsageError with what is wrong."""
    try:
        found = msgspec.json.decode(body, type=Notification)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UsageError(f"not a notification of Alertmanager: {error}") from None
    if found.version != "4":
        raise UsageError(f"version {line(found.version, 40)} of Alertmanager's notifications is not known, only 4")
    return found


def order(found: Notification, given: Configuration, *, now: float, labels: Sequence[str] = LABELS) -> Order | None:
    """The incident that a notification asks for, None when nothing fires; `now` is Unix seconds.

    A service of the configuration that the alerts are about says where to look; else its default sources, narrowed to
    the labels that all the alerts have in common.
    """
    firing = found.firing
    if not firing:
        return None
    common = _common(firing)
    service = next((one for one in given.services if _about(one, common)), None)
    began = _seconds(firing[0])
    at = began if 0 < began < now else now
    sources: Sources = service or given
    select = "" if service else _matchers({name: common[name] for name in labels if name in common})
    alertname = common.get("alertname") or "several alerts"
    named = service.name if service else next((common[name] for name in _NAMED if name in common), "")
    return Order(
        key=line(found.group_key, 1000),
        name="-".join(filter(None, (named, alertname))),
        title=line(f"{alertname}: {named}" if named else alertname, 200),
        at=at,
        alerts=frozenset(f"{line(one.fingerprint, 100)}@{_seconds(one):.3f}" for one in firing),
        arguments=arguments(sources, at=at, select=select),
    )


def _seconds(alert: Alert) -> float:
    at = alert.starts_at
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _common(alerts: Sequence[Alert]) -> dict[str, str]:
    """The labels that all alerts have."""
    first, *others = [alert.labels for alert in alerts]
    return {
        name: value
        for name, value in first.items()
        if value and _LABEL.fullmatch(name) and all(other.get(name) == value for other in others)
    }


def _about(service: Service, labels: Mapping[str, str]) -> bool:
    """Whether alerts are about a service: one of their labels names it, or all that its matchers ask for is there."""
    if service.name in {labels.get(name) for name in _NAMED}:
        return True
    wanted = _EQUAL.findall(service.select)
    return bool(wanted) and all(how == "=" and labels.get(name) == value for name, how, value in wanted)


def _matchers(labels: Mapping[str, str]) -> str:
    quoted = (
        (name, value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")) for name, value in labels.items()
    )
    return ",".join(f'{name}="{value}"' for name, value in quoted)
