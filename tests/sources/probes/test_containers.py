"""Containers as a Docker engine (20.10) told of them; the replies in docker-inspect.json are recorded from one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diagnose.signals.evidence import Signal
from diagnose.sources.probes import collect
from diagnose.sources.probes.containers import judged, mapped
from diagnose.sources.probes.target import parse

REPLIES = json.loads(Path(__file__).with_name("docker-inspect.json").read_text())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("mapped", ""),
        ("exited", "exited"),
        ("restarting", "restarting"),
        ("eats", "killed"),
        ("created", "created"),
        ("sick", "unhealthy"),
    ],
)
def test_the_state_of_a_container_is_read_from_its_inspection(name: str, reason: str) -> None:
    told = judged(parse(f"container:{name}"), REPLIES[name], f"docker inspect {name}")
    assert (told.held, told.reason) == (not reason, reason)


def test_ports_that_lead_to_a_container_are_addresses_of_this_machine() -> None:
    assert mapped(REPLIES["mapped"]) == [("127.0.0.1", 18100)]
    assert mapped(REPLIES["exited"]) == []


def test_ports_that_were_asked_for_and_are_not_mapped_are_missed() -> None:
    reply = REPLIES["mapped"] | {"NetworkSettings": {"Ports": {"80/tcp": None}}}
    assert judged(parse("container:mapped"), reply, "docker inspect mapped").reason == "unmapped"


def test_without_an_engine_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (probe,), (gap,) = collect(["container:shop"], clock=lambda: 0.0)
    assert probe.held is None
    assert (gap.signal, gap.command) == (Signal.PROBE, "docker inspect shop")


def test_an_engine_that_does_not_answer_is_a_gap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "docker"
    program.write_text(
        "#!/bin/sh\necho 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    (probe,), (gap,) = collect(["container:shop"], clock=lambda: 0.0)
    assert probe.held is None
    assert "Cannot connect to the Docker daemon" in gap.why
