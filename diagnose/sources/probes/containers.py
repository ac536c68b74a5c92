"""Whether the container runs, and whether its ports are mapped to where somebody can reach them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from shlex import quote
from typing import Any

import msgspec

from diagnose.signals.probes import Step
from diagnose.sources.probes import network
from diagnose.sources.probes.attempt import TIMEOUT_S, Attempt
from diagnose.sources.probes.target import Target

_PROGRAMS = ("docker", "podman")
_KILLED = 137  # 128 + SIGKILL
_ANYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound to


def tried(target: Target) -> Iterator[Attempt]:
    """What the engine says of a container, and for one that runs whether its mapped ports answer."""
    program = next((name for name in _PROGRAMS if shutil.which(name)), "")
    command = f"{program or 'docker'} inspect {quote(target.name)}"
    if not program:
        said = "neither docker nor podman is installed, so no container was looked at"
        yield Attempt(Step.CONTAINER, target.text, None, said, command)
        return
    try:
        found = _inspected(program, target.name)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        told = getattr(error, "stderr", None) or str(error)
        said = f"{program} does not answer: {told if isinstance(told, str) else told.decode(errors='replace')}"
        yield Attempt(Step.CONTAINER, target.text, None, said, command)
        return
    first = judged(target, found, command) if found else _absent(target, _names(program), command)
    yield first
    if first.held:
        for port in mapped(found):
            yield from network.connected(Target(target.text, (), *port))


def _run(*words: str) -> bytes:
    return subprocess.run(words, capture_output=True, timeout=2 * TIMEOUT_S, check=True).stdout


def _inspected(program: str, name: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(_run(program, "inspect", "--type", "container", name))
    except subprocess.CalledProcessError as error:
        if b"no such" in error.stderr.lower():
            return {}
        raise
    return dict(found[0]) if found else {}


def _names(program: str) -> list[str]:
    return sorted(_run(program, "ps", "--all", "--format", "{{.Names}}").decode("utf-8", "replace").split())


def _absent(target: Target, names: list[str], command: str) -> Attempt:
    near = get_close_matches(target.name, names, n=3) or names[:3]
    hint = f"; there is {', '.join(near)}" if near else ""
    return Attempt(Step.CONTAINER, target.text, False, f"no container {target.name}{hint}", command, "absent")


def judged(target: Target, found: Mapping[str, Any], command: str) -> Attempt:
    """A container's state as the engine's `inspect` tells it."""
    reason, said = _wrong(found)
    told = said if reason else f"runs, {found.get('RestartCount') or 0} restarts"
    return Attempt(Step.CONTAINER, target.text, not reason, f"container {target.name} {told}", command, reason)


def _wrong(found: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with a container, as one word and in words; two empty texts when nothing is."""
    state, host = found.get("State") or {}, found.get("HostConfig") or {}
    status, code = str(state.get("Status", "")), state.get("ExitCode", 0)
    if status == "running":
        return _unwell(state, reachable=bool(mapped(found)) or not host.get("PortBindings"))
    if state.get("OOMKilled") or (code == _KILLED and host.get("Memory")):
        return "killed", f"was killed at {_ended(state)} with a memory limit of {host.get('Memory')} bytes"
    if status == "restarting":
        return "restarting", f"starts again and again: exit code {code}, {found.get('RestartCount')} restarts"
    if status == "created":
        return "created", "was made and never started"
    return status or "stopped", f"is {status or 'not running'}: exit code {code} at {_ended(state)}"


def _unwell(state: Mapping[str, Any], *, reachable: bool) -> tuple[str, str]:
    """What is wrong with a container that runs."""
    if (state.get("Health") or {}).get("Status") == "unhealthy":
        return "unhealthy", "runs, and fails its own health check"
    return ("", "") if reachable else ("unmapped", "runs, and none of its ports is mapped to this machine")


def _ended(state: Mapping[str, Any]) -> str:
    return str(state.get("FinishedAt", ""))[:19] + "Z"


def mapped(found: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Addresses of this machine that lead to the container's TCP ports."""
    ports = (found.get("NetworkSettings") or {}).get("Ports") or {}
    bound = [one for name, places in sorted(ports.items()) if name.endswith("/tcp") for one in places or ()]
    local = {("127.0.0.1" if one["HostIp"] in _ANYWHERE else str(one["HostIp"]), int(one["HostPort"])) for one in bound}
    return sorted(local)
