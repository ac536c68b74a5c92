"""What `kubectl get -o json` prints: events, and the rollouts of deployments and replica sets.

Event reasons are those of the kubelet, the scheduler and the controllers (kubernetes/pkg/kubelet/events/event.go).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from diagnose.signals.changes import Change
from diagnose.signals.window import Window
from diagnose.sources.metrics.cells import moments

Object = Mapping[str, Any]
_SCALED_UP = re.compile(r"^Scaled up replica set (\S+) (?:from 0 to|to 1$)")
_REVISION = "deployment.kubernetes.io/revision"
_EVENTS = "kubectl get events --all-namespaces --sort-by=.lastTimestamp"


def looks_like(entry: object) -> TypeGuard[Object]:
    """Whether an entry is an object of the Kubernetes API."""
    return isinstance(entry, Mapping) and "apiVersion" in entry and "kind" in entry


def change(entry: Object, window: Window) -> Change | None:
    """What an event, a replica set or a deployment tells of; None for other objects and where no time can be read.

    An event that repeats is dated by its first time, or by its last where the first lies before the window.
    """
    kind = entry.get("kind")
    if kind == "Event":
        return _event(entry, window)
    meta, owner = _part(entry, "metadata"), ""
    if kind == "ReplicaSet":
        owners = meta.get("ownerReferences")
        owner = _word(owners[0].get("name")) if isinstance(owners, list) and owners and _is_object(owners[0]) else ""
        return _rollout(entry, "deploy", owner or _word(meta.get("name")), _moment(meta.get("creationTimestamp")))
    if kind == "Deployment":
        return _rollout(entry, "rollout finished:", _word(meta.get("name")), _finished(entry))
    return None


def _event(event: Object, window: Window) -> Change | None:
    series = _part(event, "series")
    first = _moment(event.get("firstTimestamp") or event.get("deprecatedFirstTimestamp") or event.get("eventTime"))
    last = _moment(event.get("lastTimestamp") or event.get("deprecatedLastTimestamp") or series.get("lastObservedTime"))
    known = [at for at in (first, last) if not math.isnan(at)]
    at = next((at for at in known if window.contains(at)), max(known, default=None))
    if at is None:
        return None
    about = _part(event, "involvedObject") or _part(event, "regarding")
    said = _word(event.get("message") or event.get("note"))
    times = event.get("count") or event.get("deprecatedCount") or series.get("count") or 1
    reason, who = _word(event.get("reason")), _word(about.get("name"))
    repeated = f" ({times} times)" if isinstance(times, int) and times > 1 else ""
    deploy = _SCALED_UP.match(said)
    return Change(
        at,
        "deploy" if reason == "ScalingReplicaSet" and deploy else "event",
        who,
        f"{reason}: {said}{repeated}",
        _EVENTS,
        reason,
    )


def _rollout(entry: Object, what: str, who: str, at: float) -> Change | None:
    if math.isnan(at):
        return None
    revision = _word(_part(_part(entry, "metadata"), "annotations").get(_REVISION))
    containers = _part(_part(_part(entry, "spec"), "template"), "spec").get("containers")
    images = [_word(one.get("image")) for one in containers if _is_object(one)] if isinstance(containers, list) else []
    title = " ".join(part for part in (what, revision and f"revision {revision}", ", ".join(images)) if part)
    return Change(at, "deploy", who, title, f"kubectl rollout history deployment/{who}")


def _finished(deployment: Object) -> float:
    """When the last rollout came to its end; the condition is updated for no other reason."""
    conditions = _part(deployment, "status").get("conditions")
    told = [one for one in conditions if _is_object(one)] if isinstance(conditions, list) else []
    return _moment(next((one.get("lastUpdateTime") for one in told if one.get("type") == "Progressing"), ""))


def _part(entry: Object, key: str) -> Object:
    value = entry.get(key)
    return value if isinstance(value, Mapping) else {}


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping)


def _word(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _moment(value: object) -> float:
    return float(moments([_word(value)])[0])
