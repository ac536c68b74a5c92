"""The examples for Kubernetes and systemd: they parse, hang together, and call commands that exist."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from diagnose.cli.app import app
from diagnose.monitor.configuration import read


@pytest.fixture(scope="module")
def objects(root: Path) -> list[dict[str, Any]]:
    files = sorted((root / "examples" / "kubernetes").glob("*.yaml"))
    return [one for file in files for one in yaml.safe_load_all(file.read_text())]


def pods(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    templates = [one["spec"].get("jobTemplate", one)["spec"]["template"] for one in objects if one["kind"] in PODS]
    return [template["spec"] for template in templates]


PODS = ("CronJob", "Deployment")


def assert_known(words: list[str]) -> None:
    program, name, *rest = words
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}
    assert program.endswith("diagnose")
    assert {word.split("=")[0] for word in rest if word.startswith("--")} <= known


def test_objects_are_whole_and_belong_together(objects: list[dict[str, Any]]) -> None:
    kinds = sorted(one["kind"] for one in objects)
    assert kinds == sorted(
        ["ConfigMap", "CronJob", "Deployment", "NetworkPolicy", "PersistentVolumeClaim", "Service", "ServiceAccount"]
    )
    assert all(one["apiVersion"] and one["metadata"]["name"] for one in objects)
    names = {(one["kind"], one["metadata"]["name"]) for one in objects}
    for pod in pods(objects):
        assert ("ServiceAccount", pod["serviceAccountName"]) in names
        mounted = {mount["name"] for container in pod["containers"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}
        for volume in pod["volumes"]:
            if "configMap" in volume:
                assert ("ConfigMap", volume["configMap"]["name"]) in names
            if "persistentVolumeClaim" in volume:
                assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in names


def test_a_service_reaches_its_pods_and_probes_ask_what_is_served(objects: list[dict[str, Any]]) -> None:
    (service,) = [one["spec"] for one in objects if one["kind"] == "Service"]
    (deployed,) = [one["spec"] for one in objects if one["kind"] == "Deployment"]
    assert service["selector"].items() <= deployed["template"]["metadata"]["labels"].items()
    assert deployed["selector"]["matchLabels"].items() <= deployed["template"]["metadata"]["labels"].items()
    (container,) = deployed["template"]["spec"]["containers"]
    (port,) = container["ports"]
    assert f"--listen=0.0.0.0:{port['containerPort']}" in container["args"]
    assert {container[name]["httpGet"]["path"] for name in ("livenessProbe", "readinessProbe")} == {
        "/healthz",
        "/readyz",
    }
    assert {one["name"] for one in container["env"]} == {"DIAGNOSE_SERVE_TOKEN", "DIAGNOSE_NOTIFY_URL"}
    assert all("value" not in one for one in container["env"])


def test_commands_and_the_configuration_are_those_of_this_version(objects: list[dict[str, Any]], root: Path) -> None:
    for pod in pods(objects):
        assert_known(pod["containers"][0]["args"])
    (configured,) = [one["data"]["diagnose.yaml"] for one in objects if one["kind"] == "ConfigMap"]
    assert [service.name for service in read(configured, file="diagnose.yaml").services] == ["shop"]
    units = sorted((root / "examples" / "systemd").iterdir())
    assert [unit.suffix for unit in units] == [".service", ".timer", ".service"]
    for unit in units:
        parsed = configparser.ConfigParser(interpolation=None, strict=False)
        parsed.optionxform = str  # type: ignore[assignment, method-assign]
        parsed.read_string(unit.read_text())
        if unit.suffix == ".service":
            assert_known(parsed["Service"]["ExecStart"].split())
