"""Whether the name resolves, and whether somebody listens behind the port."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from shlex import quote
from threading import Thread

from diagnose.signals.probes import Step
from diagnose.sources.probes.attempt import TIMEOUT_S, Attempt
from diagnose.sources.probes.target import Target

_SETTLE_S = 0.3  # a port forwarder without anybody behind it accepts, and hangs up within this time
_UNREACHABLE = {errno.EHOSTUNREACH: "unreachable", errno.ENETUNREACH: "unreachable", errno.ETIMEDOUT: "timeout"}


def resolved(target: Target) -> Iterator[Attempt]:
    """The addresses of the host's name, or why there are none; an address is its own name."""
    found: Future[list[str]] = Future()
    # A resolver takes no time limit; a daemon thread is left behind rather than waited for.
    Thread(target=_resolve, args=(target, found), daemon=True).start()
    command = f"getent ahosts {quote(target.host)}"
    try:
        addresses = found.result(TIMEOUT_S)
    except TimeoutError:
        said = f"the resolver gives no answer for {target.host} within {TIMEOUT_S:.0f} s"
        yield Attempt(Step.NAME, target.text, False, said, command, "timeout")
    except (OSError, UnicodeError) as error:
        said = f"the name {target.host} does not resolve: {_told(error)}"
        yield Attempt(Step.NAME, target.text, False, said, command, "unknown-name")
    else:
        yield Attempt(Step.NAME, target.text, True, f"{target.host} is {', '.join(addresses[:4])}", command)


def _resolve(target: Target, found: Future[list[str]]) -> None:
    try:
        answers = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        found.set_result(sorted({str(answer[4][0]) for answer in answers}))
    except (OSError, UnicodeError) as error:
        found.set_exception(error)


def connected(target: Target) -> Iterator[Attempt]:
    """Whether a connection is accepted, and still stands a moment later."""
    place, command = f"{target.host}:{target.port}", f"nc -vz -w 5 {quote(target.host)} {target.port}"

    def failed(reason: str, said: str) -> Attempt:
        return Attempt(Step.PORT, target.text, False, said, command, reason)

    try:
        with socket.create_connection((target.host, target.port), TIMEOUT_S) as connection:
            connection.settimeout(_SETTLE_S)
            if _hung_up(connection):
                yield failed("closed", f"{place} accepts and hangs up at once: nobody stands behind the port")
            else:
                yield Attempt(Step.PORT, target.text, True, f"{place} accepts connections", command)
    except ConnectionRefusedError:
        yield failed("refused", f"{place} refuses connections: nobody listens on the port")
    except TimeoutError:
        yield failed("timeout", f"{place} gives no answer within {TIMEOUT_S:.0f} s: dropped on the way, or overloaded")
    except OSError as error:
        yield failed(_UNREACHABLE.get(error.errno or 0, "failed"), f"{place} cannot be reached: {_told(error)}")


def _hung_up(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def _told(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
