"""The key of a unit: bytes that units share which say the same but for numbers."""

from __future__ import annotations

from diagnose.sources.logs.plans import Plan

_DIGITS = b"0123456789abcdefABCDEF"
_NUMBERS = b"0123456789"
_STATUS = 3
_FLAGS = 12


def keys_of(texts: list[bytes], plan: Plan) -> list[bytes]:
    """The keys of units; those of requests that ended differently differ."""
    outcome = plan.outcome
    if plan.requests:
        keys = [_request(text, outcome) for text in texts]
    else:
        keys = [text.translate(None, _DIGITS) for text in texts]
    if flags := plan.flags:
        keys = [key + text.partition(flags)[2][:_FLAGS] for key, text in zip(keys, texts, strict=True)]
    if plan.requests or not outcome:
        return keys
    behind = len(outcome)
    ends = [at + behind if (at := text.find(outcome)) >= 0 else len(text) for text in texts]
    return [key + text[end : end + _STATUS] for key, text, end in zip(keys, texts, ends, strict=True)]


def ending(key: bytes, plan: Plan) -> bytes:
    """What tells requests of one group apart: all of the key, or how they ended; nothing in other lines."""
    return key if plan.requests else key[-_STATUS:] if plan.outcome else b""


def _request(text: bytes, outcome: bytes) -> bytes:
    """What was asked for, the answer and Envoy's flags; all of a line that is no request or goes on."""
    first, last = text.find(b'"'), text.find(outcome)
    status = text[last + len(outcome) : last + len(outcome) + _STATUS]
    if not 0 <= first < last or not status.isdigit() or b"\n" in text:
        return text.translate(None, _DIGITS)
    key = text[first:last].partition(b"?")[0].translate(None, _NUMBERS) + status
    behind = last + len(outcome) + _STATUS + 1
    return key + text[behind : behind + _FLAGS].partition(b" ")[0] if text[behind : behind + 1].isupper() else key
