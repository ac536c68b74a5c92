"""Whether the service answers a request, and how."""

from __future__ import annotations

import os
from collections.abc import Iterator
from http.client import HTTPException
from shlex import quote
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from diagnose.signals.probes import Step
from diagnose.sources.probes.attempt import TIMEOUT_S, Attempt
from diagnose.sources.probes.target import Target

AUTHORIZATION = "DIAGNOSE_PROBE_AUTHORIZATION"
_DENIED, _LIMITED, _BROKEN = {401, 403, 407}, {429}, 500


def answered(target: Target) -> Iterator[Attempt]:
    """A GET; a header `Authorization` comes from the environment. Other answers below 500 than refusals are answers."""
    command = f"curl -sS -o /dev/null -m {TIMEOUT_S:.0f} -w '%{{http_code}} %{{time_total}}\\n' {quote(target.text)}"
    secret = os.environ.get(AUTHORIZATION)
    request = Request(target.text, headers={"Authorization": secret} if secret else {})  # noqa: S310 - parsed before
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            yield _judged(target, answer.status, command)
    except HTTPError as error:
        with error:
            yield _judged(target, error.code, command)
    except (URLError, HTTPException, OSError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        late = isinstance(why, TimeoutError)
        said = f"{target.text} gives no answer{f' within {TIMEOUT_S:.0f} s' if late else f': {why}'}"
        yield Attempt(Step.HTTP, target.text, False, said, command, "timeout" if late else "failed")


def _judged(target: Target, status: int, command: str) -> Attempt:
    reason = (
        "denied" if status in _DENIED else "limited" if status in _LIMITED else "broken" if status >= _BROKEN else ""
    )
    return Attempt(Step.HTTP, target.text, not reason, f"{target.text} answers {status}", command, reason)
