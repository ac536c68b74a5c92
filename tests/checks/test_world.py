"""Listed changes: the guilty deploy, the innocent ones, and what a cluster's events say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diagnose.checks import world
from diagnose.checks.case import Case
from diagnose.checks.catalog import catalogue
from diagnose.checks.examine import align, run
from diagnose.checks.finding import Answer, Finding
from diagnose.signals.changes import Change
from diagnose.signals.evidence import Evidence
from diagnose.signals.series import MetricType, Series
from diagnose.signals.window import Window

STEP, COUNT, ONSET = 5.0, 240, 800.0
TIMES = np.arange(COUNT) * STEP
WINDOW = Window(0.0, COUNT * STEP)


def gauge(name: str, service: str, values: np.ndarray) -> Series:
    return Series(name, (("job", service), ("service", service)), TIMES, values, MetricType.GAUGE)


def case(*changes: Change, ill: tuple[str, ...] = ("cart",), started: float | None = None) -> Case:
    """Two services, of which some become slow and hungry at the onset; with `started` all tell when they started."""
    rng, series = np.random.default_rng(3), []
    for service in ("cart", "shop"):
        late = (TIMES >= ONSET) * (service in ill)
        series += [
            gauge("http_request_duration_seconds_mean", service, 0.05 + 0.01 * rng.random(COUNT) + 2.0 * late),
            gauge("process_resident_memory_bytes", service, 1e8 + 1e6 * rng.random(COUNT) + 9e8 * late),
            gauge("queue_length", service, 3 + rng.random(COUNT) + 400.0 * late),
        ]
        if started is not None:
            begun = np.where(started <= TIMES, started, -5000.0)
            series.append(gauge("process_start_time_seconds", service, begun))
    return align(Evidence(window=WINDOW, series=tuple(series), changes=changes))


def deploy(entity: str, at: float = ONSET - 60, kind: str = "deploy") -> Change:
    return Change(at, kind, entity, f"{kind} 1.4.2", "less deploys.yaml")


def asked(check: str, of: Case, **more: object) -> Finding:
    return run(of, catalogue()[check], more)  # type: ignore[arg-type]


def test_a_deploy_of_the_only_ill_service_a_minute_before_is_blamed() -> None:
    found = asked("version.changed", case(deploy("cart")))
    assert found.answer is Answer.YES
    assert found.culprit is not None
    assert found.culprit.location == "cart"
    assert found.weights["bad-deploy"] > 1.0


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (case(deploy("shop")), "the service that is well"),
        (case(deploy("billing")), "a service that nothing is known of"),
        (case(deploy("")), "nobody says of what"),
        (case(deploy("cart", at=ONSET + 60)), "after the onset"),
        (
            case(deploy("cart", at=ONSET - 790)),
            "long before",
        ),
        (case(deploy("cart"), ill=("cart", "shop"), started=100.0), "the ill process is older"),
        (case(deploy("cart"), ill=()), "nothing is wrong"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_an_innocent_deploy_is_not_blamed(of: Case, why: str) -> None:
    found = asked("version.changed", of)
    assert found.answer is Answer.NO, why
    assert found.weights["bad-deploy"] < 0


def test_a_process_that_started_after_the_deploy_speaks_against_it() -> None:
    with_start = world.blame(case(deploy("cart"), started=ONSET - 30), deploy("cart"), starts=True)
    assert with_start > world.blame(case(deploy("cart")), deploy("cart"), starts=True) > 0.5


def test_a_listed_setting_is_blamed_like_a_deploy_but_needs_no_start() -> None:
    of = case(deploy("cart", kind="config"), started=100.0)
    assert asked("config.changed", of, before_s=30.0, after_s=10.0).answer is Answer.YES
    other = case(deploy("shop", kind="config"))
    assert asked("config.changed", other, before_s=30.0, after_s=10.0).answer is Answer.NO


@pytest.mark.parametrize(("service", "answer"), [("cart", Answer.YES), ("shop", Answer.NO)])
def test_a_new_version_is_blamed_on_what_is_ill_alone(service: str, answer: Answer) -> None:
    def info(of: str, version: str, when: np.ndarray) -> Series:
        labels = (("job", of), ("service", of), ("version", version))
        return Series("app_build_info", labels, TIMES[when], np.ones(when.sum()), MetricType.INFO)

    late = TIMES >= ONSET - 10
    told = [info(service, "1.0", ~late), info(service, "1.1", late)]
    told += [info(other, "2.0", TIMES >= 0) for other in ("cart", "shop") if other != service]
    both = case()
    again = align(replace(both.evidence, series=(*both.evidence.series, *told)))
    assert asked("version.changed", again).answer is answer


def test_commits_are_no_deploys() -> None:
    assert asked("version.changed", case(deploy("", kind="commit"))).answer is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("reason", "message", "check", "more", "cause"),
    [
        ("OOMKilling", "Memory cgroup out of memory: Killed process 7", "memory.killed", {}, "oom-kill"),
        ("BackOff", "Back-off restarting failed container", "restarts.repeated", {}, "crash-loop"),
        ("Evicted", "The node was low on resource: ephemeral-storage", "log.says", {"cause": "disk-full"}, "disk-full"),
        ("FailedMount", 'configmap "cart" not found', "config.changed", {}, "bad-config"),
        ("Failed", "Failed to pull image: ErrImagePull", "version.changed", {}, "bad-deploy"),
    ],
)
def test_events_of_the_cluster_are_evidence(
    reason: str, message: str, check: str, more: dict[str, object], cause: str
) -> None:
    pod = "cart-6b7f9d5c4-x2x4z"
    said = Change(ONSET + 10, "event", pod, f"{reason}: {message}", "kubectl get events", reason)
    found = asked(check, case(said), **more)
    assert found.answer is Answer.YES
    assert found.weights[cause] > 3
    assert found.evidence[0].reproduce == "kubectl get events"
    # The same said of another service, or before the trouble, says nothing of this one.
    for other in (
        Change(ONSET + 10, "event", "shop-6b7f9d5c4-x2x4z", said.title, "", reason),
        Change(ONSET - 500, "event", pod, said.title, "", reason),
    ):
        assert asked(check, case(other), **more).answer is not Answer.YES


@pytest.mark.parametrize(
    ("reason", "message", "answer"),
    [
        ("Evicted", "The node was low on resource: memory", Answer.YES),
        ("Unhealthy", "Liveness probe failed: timeout", Answer.YES),
        ("FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu (12 times)", Answer.YES),
        ("Unhealthy", "Readiness probe failed: starting", Answer.UNKNOWN),  # no log was given
        ("Pulled", "Container image already present", Answer.UNKNOWN),
    ],
)
def test_a_service_that_the_cluster_complains_of_is_not_well(reason: str, message: str, answer: Answer) -> None:
    said = Change(ONSET, "event", "cart-0", f"{reason}: {message}", "kubectl get events", reason)
    assert asked("symptom.present", case(said, ill=()), at_least=0.45).answer is answer


@pytest.mark.parametrize(
    ("entity", "name", "same"),
    [
        ("shop", "shop", True),
        ("prod/shop", "shop", True),
        ("shop", "shop-6b7f9d5c4-x2x4z", True),
        ("shop-0", "shop", True),
        ("shop", "shop:8080", True),
        ("shop", "shop-db", False),
        ("shop", "shopping", False),
        ("", "shop", False),
    ],
)
def test_a_workload_and_its_instances_are_the_same(entity: str, name: str, same: bool) -> None:
    assert world.concerns(Change(0.0, "deploy", entity, ""), name) is same


def test_restarts_are_counted_for_each_process() -> None:
    def restarting(*entities: str) -> Case:
        of = case(ill=("cart", "shop"), started=-100.0)
        at = (ONSET + 10 * step for step in range(len(entities)))
        return replace(
            of, restarts=tuple(Change(when, "restart", one, "", "") for when, one in zip(at, entities, strict=True))
        )

    rollout, loop = restarting("cart", "shop"), restarting("cart", "shop", "cart", "cart")
    assert [len(world.restarted(one)) for one in (rollout, loop)] == [1, 3]
    assert [asked("restarts.repeated", one).answer for one in (rollout, loop)] == [Answer.NO, Answer.YES]
