"""diagnose.yaml: what it may say, what comes from where, and how it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.errors import SpecError
from diagnose.monitor.configuration import Configuration, Service, read
from diagnose.signals.catalogue import Join, Meaning
from diagnose.signals.series import Role

FULL = """\
prometheus: http://prometheus:9090
logs: logs/app.log
services:
  - name: shop
    select: job="shop"
    since: 1h30m
    profiles: [http://shop:6060/debug/pprof, profiles]
  - name: depot
    metrics: depot.om
    logs: [/var/log/depot/*.log, "-"]
"""


def test_services_inherit_what_they_do_not_say() -> None:
    read_ = read(FULL, file="diagnose.yaml")
    assert read_ == Configuration(
        prometheus="http://prometheus:9090",
        logs=("logs/app.log",),
        services=(
            Service(
                name="shop",
                prometheus="http://prometheus:9090",
                select='job="shop"',
                logs=("logs/app.log",),
                profiles=("http://shop:6060/debug/pprof", "profiles"),
                since_s=5400.0,
            ),
            Service(name="depot", metrics="depot.om", logs=("/var/log/depot/*.log", "-")),
        ),
    )


def test_relative_paths_start_at_the_file() -> None:
    read_ = read(FULL, file="/etc/diagnose/diagnose.yaml")
    assert read_.logs == ("/etc/diagnose/logs/app.log",)
    assert read_.services[0].profiles == ("http://shop:6060/debug/pprof", "/etc/diagnose/profiles")
    assert read_.services[1].metrics == "/etc/diagnose/depot.om"
    assert read_.services[1].logs == ("/var/log/depot/*.log", "-")


def test_changes_of_the_world_are_inherited_too() -> None:
    text = (
        "changes: deploys.yaml\nrepo: ../shop\nservices:\n  - {name: shop, changes: [a.csv, b.json]}\n  - name: depot\n"
    )
    read_ = read(text, file="/etc/diagnose/diagnose.yaml")
    told = [(one.changes, one.repo) for one in (read_, *read_.services)]
    assert told == [
        (("/etc/diagnose/deploys.yaml",), "/etc/diagnose/../shop"),
        (("/etc/diagnose/a.csv", "/etc/diagnose/b.json"), "/etc/diagnose/../shop"),
        (("/etc/diagnose/deploys.yaml",), "/etc/diagnose/../shop"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# prometheus: http://prometheus:9090\n"])
def test_an_empty_file_says_nothing(text: str) -> None:
    assert read(text, file="diagnose.yaml") == Configuration()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prometeus: http://x", "diagnose.yaml:1:1: unknown key 'prometeus' in the configuration"),
        ("logs: {a: b}", "diagnose.yaml:1:7: logs must be a text or a list of texts"),
        ("logs: [[a]]", "diagnose.yaml:1:8: an entry of logs must be a text"),
        ("select: ''", "diagnose.yaml:1:9: select must be a text that is not empty"),
        ("services: shop", "diagnose.yaml:1:11: services must be a list"),
        ("services: [shop]", "diagnose.yaml:1:12: a service must be a mapping"),
        ("services: [{select: a}]", "diagnose.yaml:1:12: a service needs the key 'name'"),
        ("services: [{name: a, sincee: 1h}]", "diagnose.yaml:1:22: unknown key 'sincee' in a service"),
        ("services: [{name: a, since: soon}]", "diagnose.yaml:1:29: since: not a duration: 'soon'"),
        ("services: [{name: a, since: 0s}]", "diagnose.yaml:1:29: since must be longer than 0s"),
        ("services: [{name: a}, {name: a}]", "diagnose.yaml:1:23: two services are called 'a'"),
        ("prometheus: x\nmetrics: y", "diagnose.yaml:2:10: prometheus and metrics exclude each other"),
        ("prometheus: x\nprometheus: y", "diagnose.yaml:2:1: 'prometheus' stands twice"),
        ("- a", "diagnose.yaml:1:1: the configuration must be a mapping"),
        ("a: [", "diagnose.yaml:2:1: not YAML"),
        ("a: !!python/object/apply:os.system [x]", "diagnose.yaml:1:4: anchors (&) and tags (!)"),
        ("a: \x00", "diagnose.yaml: not YAML"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(text, file="diagnose.yaml")
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_the_first_of_several_errors_is_told_with_their_number() -> None:
    with pytest.raises(SpecError, match=r"^d\.yaml:1:1: .*and 1 more"):
        read("one: 1\ntwo: 2\n", file="d.yaml")


def test_the_example_of_the_documentation_is_read(root: Path) -> None:
    text = (root / "docs" / "configuration.md").read_text()
    example = text.split("```yaml\n")[1].split("```")[0]
    read_ = read(example, file="diagnose.yaml")
    assert read_.services
    for key in ("prometheus", "metrics", "select", "logs", "profiles", "name", "since"):
        assert f"`{key}`" in text, key
    for name in ("DIAGNOSE_PROMETHEUS_TOKEN", "DIAGNOSE_PROMETHEUS_CA", "DIAGNOSE_DEBUG"):
        assert name in text, name


def test_a_team_teaches_what_its_metrics_mean() -> None:
    text = (
        "meanings:\n  - {metric: shop_outbox_.*, means: queue, labels: {state: waiting}, join: max}\n"
        "services:\n  - name: shop\n    meanings:\n      - {metric: LegacyRt, means: latency, unit: ms}\n"
        "  - name: depot\n"
    )
    read_ = read(text, file="diagnose.yaml")
    queue = Meaning(Role.QUEUE, "(?i:shop_outbox_.*)", "state=waiting", join=Join.MAX, taught=True)
    latency = Meaning(Role.LATENCY, "(?i:LegacyRt)", unit="ms", taught=True)
    assert [one.meanings for one in (read_, *read_.services)] == [(queue,), (latency, queue), (queue,)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{metric: a}", "needs the key 'means'"),
        ("{metric: a, means: speed}", "speed"),
        ("{metric: 'a(', means: queue}", "no regular expression"),
        ("{metric: a, means: latency, unit: fortnights}", "unit 'fortnights' is not known"),
        ("{metric: a, means: queue, labels: {x: '['}}", "the label x is no regular expression"),
    ],
)
def test_a_meaning_that_is_none_is_refused_with_its_place(line: str, told: str) -> None:
    with pytest.raises(SpecError, match=r"diagnose.yaml:2:") as refused:
        read(f"meanings:\n  - {line}\n", file="diagnose.yaml")
    assert told in str(refused.value)
