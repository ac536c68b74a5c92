"""Whether the credentials hold; secrets come from the variables that each program's own client reads."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from shlex import quote

from diagnose.signals.probes import Step
from diagnose.sources.probes.attempt import TIMEOUT_S, Attempt
from diagnose.sources.probes.target import Target

_POSTGRES = (
    (re.compile(r"no password supplied|no pg_hba.conf entry", re.I), None, "unasked"),
    (re.compile(r"authentication failed|permission denied|role .* does not exist", re.I), False, "denied"),
    (re.compile(r"too many (?:clients|connections)|remaining connection slots", re.I), False, "full"),
    (re.compile(r"starting up|shutting down|recovery mode", re.I), False, "starting"),
)


def admitted(target: Target) -> Iterator[Attempt]:
    """A question that changes nothing, asked with the credentials that the environment holds."""
    yield _redis(target) if target.scheme == "redis" else _postgres(target)


def _redis(target: Target) -> Attempt:
    """PING, after AUTH where REDISCLI_AUTH is set, in RESP's array form."""
    command = f"redis-cli -h {quote(target.host)} -p {target.port} PING"
    secret = os.environ.get("REDISCLI_AUTH", "")
    try:
        with socket.create_connection((target.host, target.port), TIMEOUT_S) as connection:
            said = _asked(connection, "AUTH", secret) if secret else "+OK"
            said = _asked(connection, "PING") if said.startswith("+") else said
    except OSError as error:
        return Attempt(Step.LOGIN, target.text, False, f"{target.text} breaks off: {error}", command, "failed")
    if said.startswith("-NOAUTH"):
        return Attempt(Step.LOGIN, target.text, None, f"{target.text} wants a password; set REDISCLI_AUTH", command)
    if said.startswith(("-WRONGPASS", "-ERR invalid password", "-ERR AUTH")):
        return Attempt(Step.LOGIN, target.text, False, f"{target.text} refuses the password: {said}", command, "denied")
    held = said.startswith("+PONG")
    answer = f"{target.text} answers {said or 'nothing'}"
    return Attempt(Step.LOGIN, target.text, held, answer, command, "" if held else "failed")


def _asked(connection: socket.socket, *words: str) -> str:
    parts = [f"*{len(words)}\r\n", *(f"${len(word.encode())}\r\n{word}\r\n" for word in words)]
    connection.sendall("".join(parts).encode())
    return connection.recv(256).decode("utf-8", "replace").strip()


def _postgres(target: Target) -> Attempt:
    asked = ["psql", "--no-psqlrc", "--no-password", "--tuples-only", "--command=select 1", target.text]
    command = " ".join(map(quote, asked))
    if shutil.which("psql") is None:
        return Attempt(Step.LOGIN, target.text, None, "psql is not installed, so no login was tried", command)
    environment = os.environ | {"PGCONNECT_TIMEOUT": f"{TIMEOUT_S:.0f}", "LC_ALL": "C"}
    try:
        done = subprocess.run(asked, capture_output=True, timeout=2 * TIMEOUT_S, env=environment, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return Attempt(Step.LOGIN, target.text, False, f"{target.text}: no login in time", command, "timeout")
    if done.returncode == 0:
        return Attempt(Step.LOGIN, target.text, True, f"{target.text} lets the user in", command)
    told = done.stderr.decode("utf-8", "replace").strip()
    held, reason = next(((held, word) for rule, held, word in _POSTGRES if rule.search(told)), (False, "failed"))
    return Attempt(Step.LOGIN, target.text, held, f"{target.text}: {told}", command, reason if held is False else "")
