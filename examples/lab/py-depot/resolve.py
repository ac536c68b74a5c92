"""Name resolution through the configured name server, so that a name can vanish for real."""

from __future__ import annotations

import random
import socket
import struct
from typing import Any

_system = socket.getaddrinfo
_AGAIN = "Temporary failure in name resolution"


def install(server: str) -> None:
    """Answer lookups of names under `internal` from `server` (host:port); everything else as before."""
    if not server:
        return
    host, _, port = server.rpartition(":")

    def lookup(name: Any, *rest: Any, **more: Any) -> Any:
        if isinstance(name, str) and name.endswith(".internal"):
            address = ask((host, int(port)), name)
            # A name that does not exist is handed to the system, which says so in its own words.
            return _system(address or name, *rest, **more)
        return _system(name, *rest, **more)

    socket.getaddrinfo = lookup


def ask(server: tuple[str, int], name: str) -> str | None:
    """The IPv4 address of a name, None when it does not exist; gaierror when the server does not say."""
    number = random.randrange(65536)
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    query = struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2.0)
        sock.sendto(query, server)
        try:
            reply = sock.recv(1500)
        except OSError:
            raise socket.gaierror(socket.EAI_AGAIN, _AGAIN) from None
    code = reply[3] & 15
    if code == 3:
        return None
    if code or reply[6:8] == b"\0\0":
        raise socket.gaierror(socket.EAI_AGAIN, _AGAIN)
    return ".".join(str(byte) for byte in reply[-4:])
