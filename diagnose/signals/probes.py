"""What was tried against something that does not answer: each step either held, failed, or could not be tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """The steps of a connection, in the order in which an expert tries them."""

    PROCESS = "process"
    CONTAINER = "container"
    NAME = "name"
    PORT = "port"
    TLS = "tls"
    LOGIN = "login"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class Probe:
    """One step tried once, at a moment in Unix seconds: `held` is None where it could not be tried.

    `reason` is one word for how it failed (refused, expired, denied, ...), `said` a sentence, and `command` repeats it.
    """

    step: Step
    target: str
    at: float
    held: bool | None
    said: str
    command: str
    reason: str = ""
