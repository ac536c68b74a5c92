"""Envoy's response flags, in the words that other software uses; what each means follows its documentation."""

from __future__ import annotations

from diagnose.sources.logs.record import Value

FLAG = r"(?:[A-Z]{2,5}(?:,[A-Z]{2,5})*)"
FIELD = "response_flags"
_SAID = {
    "UH": "no healthy upstream",
    "UF": "upstream connection failure",
    "UO": "upstream overflow, circuit breaker open",
    "UT": "upstream request timed out",
    "UR": "connection reset by upstream",
    "UC": "connection terminated by upstream",
    "LR": "connection reset by the proxy",
    "URX": "upstream retry limit reached",
    "UPE": "upstream broke the protocol",
    "UMSDR": "upstream stream lasted too long",
    "NR": "no route configured",
    "NC": "no cluster of the route's name",
    "NFCF": "no filter configuration",
    "DF": "DNS resolution failed",
    "DC": "client disconnected",
    "DR": "stream reset by client",
    "DPE": "client broke the protocol",
    "DT": "connection lasted too long",
    "SI": "stream idle too long",
    "IH": "invalid header",
    "LH": "local service failed its health check",
    "RL": "rate limited",
    "RLSE": "limiter failed",
    "UAEX": "denied by external authorization",
    "OM": "ended by the overload manager",
    "DO": "dropped for overload",
    "UDO": "dropped for overload",
    "DI": "delayed by fault injection",
    "FI": "aborted by fault injection",
}


def words(flags: Value) -> str:
    """What flags such as `UF,URX` say of a request; '' without one that is known."""
    return ", ".join(said for flag in str(flags).split(",") if (said := _SAID.get(flag)))


def said_by(fields: dict[str, Value]) -> str:
    """What a record of a request without a message of its own says, if its flags tell that it went wrong."""
    if not (said := words(fields.get(FIELD))):
        return ""
    path = str(fields.get("path") or "").partition("?")[0]
    request = f"{fields.get('method') or ''} {path} {fields.get('response_code') or ''}"
    return f"{request}: {said}" if request.strip() else said
