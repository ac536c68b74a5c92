"""Lists of changes in every form, Kubernetes objects, and files that hold none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.signals.changes import Change
from diagnose.signals.window import Window
from diagnose.sources.changes import files

WINDOW = Window(1_700_000_000.0, 1_700_003_600.0)
AT = "2023-11-14T22:23:20Z"
MOMENT = 1_700_000_600.0


def read(tmp_path: Path, content: str) -> tuple[list[Change], tuple[str, ...]]:
    path = tmp_path / "changes"
    path.write_text(content)
    found, gaps = files.collect([str(path)], WINDOW)
    return list(found), tuple(gap.why for gap in gaps)


@pytest.mark.parametrize(
    "content",
    [
        f"- at: {AT}\n  what: deploy\n  service: shop\n  version: 1.4.2\n",
        f"changes:\n  - time: {AT}\n    what: deploy\n    app: shop\n    tag: 1.4.2\n",
        json.dumps([{"at": MOMENT, "what": "deploy", "service": "shop", "version": "1.4.2"}]),
        json.dumps({"deploys": [{"at": MOMENT * 1000, "what": "deploy", "service": "shop", "version": "1.4.2"}]}),
        (f'{{"at":"{AT}","what":"deploy","service":"shop","version":"1.4.2"}}' + "\n") * 2,
        f"at,what,service,version\n{AT},deploy,shop,1.4.2\n",
        f"\ufefftimestamp;service;what;version\r\n{AT};shop;deploy;1.4.2\r\n",
    ],
    ids=["yaml", "yaml mapping", "json", "json in milliseconds", "json lines", "csv", "csv of an office"],
)
def test_a_deploy_is_the_same_in_every_form(tmp_path: Path, content: str) -> None:
    (found,), gaps = read(tmp_path, content)
    assert gaps == ()
    assert (found.at, found.kind, found.entity, found.title) == (MOMENT, "deploy", "shop", "deploy 1.4.2")


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("rollback", "deploy"),
        ("feature flag new-cart on", "config"),
        ("config map edited", "config"),
        ("node reboot", "restart"),
        ("marketing mail sent", "event"),
    ],
)
def test_words_tell_the_kind(tmp_path: Path, what: str, kind: str) -> None:
    (found,), _ = read(tmp_path, f"- at: {AT}\n  what: {what}\n")
    assert found.kind == kind


def listed(*objects: dict[str, object]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})


def event(reason: str, message: str, **more: object) -> dict[str, object]:
    about = {"kind": "Pod", "name": "shop-6b7f9d5c4-x2x4z", "namespace": "prod"}
    stamps = {"firstTimestamp": AT, "lastTimestamp": AT}
    return {"apiVersion": "v1", "kind": "Event", "reason": reason, "message": message, "involvedObject": about} | {
        **stamps,
        **more,
    }


def test_events_of_a_cluster_keep_their_reason_and_their_pod(tmp_path: Path) -> None:
    said = event("BackOff", "Back-off restarting failed container shop", count=12)
    (found,), gaps = read(tmp_path, listed(said))
    assert gaps == ()
    assert (found.kind, found.reason, found.entity, found.at) == ("event", "BackOff", "shop-6b7f9d5c4-x2x4z", MOMENT)
    assert found.title == "BackOff: Back-off restarting failed container shop (12 times)"


def test_an_event_that_began_before_the_window_is_dated_by_its_last_time(tmp_path: Path) -> None:
    (found,), _ = read(
        tmp_path, listed(event("Unhealthy", "Readiness probe failed", firstTimestamp="2023-11-01T00:00:00Z"))
    )
    assert found.at == MOMENT


def test_events_of_the_newer_api_group_are_read_too(tmp_path: Path) -> None:
    said = {"apiVersion": "events.k8s.io/v1", "kind": "Event", "reason": "Evicted", "note": "low on memory"}
    more = {"regarding": {"name": "shop-0"}, "eventTime": "2023-11-14T22:23:20.000000Z", "deprecatedCount": None}
    (found,), _ = read(tmp_path, listed(said | more))
    assert (found.title, found.entity, found.at) == ("Evicted: low on memory", "shop-0", MOMENT)


def test_rollouts_are_deploys_however_they_are_told(tmp_path: Path) -> None:
    scaled = event("ScalingReplicaSet", "Scaled up replica set shop-6b7f9d5c4 to 1", involvedObject={"name": "shop"})
    more = event("ScalingReplicaSet", "Scaled up replica set shop-6b7f9d5c4 to 4", involvedObject={"name": "shop"})
    template = {"spec": {"containers": [{"image": "registry/shop:1.4.2"}]}}
    replicas = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": "shop-6b7f9d5c4",
            "creationTimestamp": AT,
            "annotations": {"deployment.kubernetes.io/revision": "7"},
            "ownerReferences": [{"kind": "Deployment", "name": "shop"}],
        },
        "spec": {"template": template},
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "shop", "creationTimestamp": "2020-01-01T00:00:00Z"},
        "spec": {"template": template},
        "status": {"conditions": [{"type": "Progressing", "lastUpdateTime": AT}]},
    }
    found, _ = read(tmp_path, listed(scaled, more, replicas, deployment))
    assert [(each.kind, each.entity, each.title) for each in found] == [
        ("deploy", "shop", "ScalingReplicaSet: Scaled up replica set shop-6b7f9d5c4 to 1"),
        ("deploy", "shop", "deploy revision 7 registry/shop:1.4.2"),
        ("deploy", "shop", "rollout finished: registry/shop:1.4.2"),
        ("event", "shop", "ScalingReplicaSet: Scaled up replica set shop-6b7f9d5c4 to 4"),
    ]


def test_secrets_are_masked(tmp_path: Path) -> None:
    (found,), _ = read(tmp_path, f"- at: {AT}\n  what: config\n  title: password=hunter2 was set\n")
    assert "hunter2" not in found.title


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "holds no changes"),
        ("[1, 2", "not readable"),
        ("- at: yesterday\n  what: deploy\n", "1 entries have no readable time"),
        ("- at: 2020-01-01T00:00:00Z\n  what: deploy\n", "holds no change in the window"),
        ("[" * 100_000, "not readable"),
        ("- " + "x" * (2 << 20), "more than 1 MiB"),
    ],
    ids=["empty", "torn", "no time", "another day", "deep", "long yaml"],
)
def test_what_holds_nothing_is_a_gap_with_a_reason(tmp_path: Path, content: str, why: str) -> None:
    found, gaps = read(tmp_path, content)
    assert found == []
    assert why in gaps[0]


def test_a_missing_file_is_a_gap_with_a_command(tmp_path: Path) -> None:
    found, gaps = files.collect([str(tmp_path / "none")], WINDOW)
    assert found == ()
    assert gaps[0].command


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=300),
    st.sampled_from(["", "- at: ", "at,what\n", '{"items":[', '{"apiVersion":"v1","kind":"Event"']),
)
def test_no_text_makes_it_crash(tmp_path_factory: pytest.TempPathFactory, noise: str, head: str) -> None:
    path = tmp_path_factory.mktemp("noise") / "c"
    path.write_bytes((head + noise).encode("utf-8", "surrogatepass"))
    found, gaps = files.collect([str(path)], WINDOW)
    assert found or gaps


@pytest.mark.parametrize("wrap", [lambda one: [one], lambda one: {"version": "4", "alerts": [one]}])
def test_alerts_of_alertmanager_are_events(tmp_path: Path, wrap: Callable[[object], object]) -> None:
    alert = {
        "labels": {"alertname": "DiskFull", "instance": "web1", "severity": "critical"},
        "annotations": {"summary": "2 % are left"},
        "startsAt": AT,
        "endsAt": "0001-01-01T00:00:00Z",
    }
    (found,), gaps = read(tmp_path, json.dumps(wrap(alert)))
    assert (found.at, found.kind, found.entity, found.title) == (
        MOMENT,
        "event",
        "web1",
        "alert DiskFull: 2 % are left",
    )
    assert gaps == ()


def test_an_alert_without_a_readable_time_is_counted(tmp_path: Path) -> None:
    assert "no readable time" in read(tmp_path, json.dumps([{"labels": {}, "startsAt": "soon"}]))[1][0]
