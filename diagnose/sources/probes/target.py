"""What a person wants probed, from the way they write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from diagnose.errors import UsageError
from diagnose.signals.probes import Step

FORMS = (
    "HOST:PORT, http(s)://HOST/PATH, tls://HOST:PORT, postgres://USER@HOST/DB, redis://HOST, pid:NUMBER, process:NAME "
    "or container:NAME"
)
_REACH = (Step.NAME, Step.PORT)
_SCHEMES = {
    "tcp": (0, _REACH),
    "tls": (443, (*_REACH, Step.TLS)),
    "http": (80, (*_REACH, Step.HTTP)),
    "https": (443, (*_REACH, Step.TLS, Step.HTTP)),
    "redis": (6379, (*_REACH, Step.LOGIN)),
    "postgres": (5432, (*_REACH, Step.LOGIN)),
    "postgresql": (5432, (*_REACH, Step.LOGIN)),
}
_LOCAL = {"pid": Step.PROCESS, "process": Step.PROCESS, "container": Step.CONTAINER, "docker": Step.CONTAINER}
_NAMED = re.compile(rf"({'|'.join(_LOCAL)}):([\w./@][\w./@-]*)")
_NAME = re.compile(r"[\w.:][\w.:-]*")


@dataclass(frozen=True, slots=True)
class Target:
    """What to probe: `text` as given, the steps to try, and where; `name` is a process, its number, or a container."""

    text: str
    steps: tuple[Step, ...]
    host: str = ""
    port: int = 0
    scheme: str = ""
    name: str = ""


def parse(text: str) -> Target:
    """The target that a text names. Raises UsageError with the forms that are understood."""
    local = _NAMED.fullmatch(text)
    if local and not (local[1] in {"process", "container", "docker"} and local[2].isdigit()):
        return Target(text, (_LOCAL[local[1]],), scheme=local[1], name=local[2])
    try:
        return _remote(text, urlsplit(text if "://" in text else f"tcp://{text}"))
    except ValueError:
        raise _unclear(text) from None


def _remote(text: str, url: SplitResult) -> Target:
    if url.password is not None:
        raise UsageError(
            f"{url.scheme}://{url.hostname}: a password in a probe's address would be seen in reports; "
            "put it into PGPASSWORD, REDISCLI_AUTH or DIAGNOSE_PROBE_AUTHORIZATION"
        )
    usual, steps = _SCHEMES.get(url.scheme, (0, ()))
    port = url.port or usual
    if not steps or not port or not url.hostname or not _NAME.fullmatch(url.hostname):
        raise _unclear(text)
    return Target(text, steps, url.hostname, port, url.scheme)


def _unclear(text: str) -> UsageError:
    return UsageError(f"--probe {text!r} is not understood; give {FORMS}")
