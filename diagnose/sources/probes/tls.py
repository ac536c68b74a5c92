"""Whether a client would trust the certificate."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from shlex import quote

from diagnose.signals.probes import Step
from diagnose.sources.probes.attempt import TIMEOUT_S, Attempt
from diagnose.sources.probes.target import Target

# X509_V_ERR_* of OpenSSL's x509_vfy.h.
_REASONS = {
    9: "not-yet-valid",
    10: "expired",
    18: "untrusted",
    19: "untrusted",
    20: "untrusted",
    21: "untrusted",
    62: "wrong-name",
    64: "wrong-name",
}
_DAY_S = 86_400.0


def trusted(target: Target) -> Iterator[Attempt]:
    """A handshake with the system's certificate authorities, and when the certificate ends."""
    place = f"{target.host}:{target.port}"
    command = f"openssl s_client -connect {quote(place)} -servername {quote(target.host)} -brief </dev/null"
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((target.host, target.port), TIMEOUT_S) as plain,
            context.wrap_socket(plain, server_hostname=target.host) as secure,
        ):
            yield Attempt(Step.TLS, target.text, True, f"{place}: {_validity(secure)}", command)
    except ssl.SSLCertVerificationError as error:
        reason = _REASONS.get(error.verify_code, "untrusted")
        said = f"{place}: the certificate is refused: {error.verify_message}"
        yield Attempt(Step.TLS, target.text, False, said, command, reason)
    except (OSError, ValueError) as error:
        said = f"{place}: the TLS handshake fails: {getattr(error, 'reason', None) or error}"
        yield Attempt(Step.TLS, target.text, False, said, command, "handshake")


def _validity(secure: ssl.SSLSocket) -> str:
    end = str((secure.getpeercert() or {}).get("notAfter", ""))
    if not end:
        return "the certificate is trusted"
    days = (ssl.cert_time_to_seconds(end) - time.time()) / _DAY_S
    return f"the certificate is trusted and valid for {days:.0f} days more"
