"""JSON that is not one record a line: arrays, printed objects, and what collectors and log stores write in batches."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO

import msgspec

# An array of objects, an object printed over several lines, or a batch on one line.
OPENING = re.compile(
    rb'\s*(?:\[\s*(?:\{\s*"|\{\s*$|$)|\{\s*(?:\n|$)'
    rb'|\{\s*"(?:resourceLogs|resource_logs|scopeLogs|status":\s*"success|data":\s*\{|events":\s*\[|took":\s*\d+))'
)
_CHUNK = 1 << 20
_LONGEST = 1 << 27  # of one object; what is longer is given line by line as it stands
_INNER = 8  # objects within one that breaks off are tried this often
_BETWEEN = re.compile(r"[\s,\[\]]*")
_decode = json.JSONDecoder().raw_decode


def records(stream: BinaryIO) -> Iterator[bytes]:
    """One line for each record in a stream of JSON; what is no JSON comes as it is."""
    decoder, text, enough = codecs.getincrementaldecoder("utf-8-sig")("replace"), "", 0
    while chunk := stream.read(_CHUNK):
        text += decoder.decode(chunk)
        if len(text) >= enough:
            rest = yield from _whole(text)
            text, enough = rest, 2 * len(rest)  # an object that goes on is not tried again for every piece of it
        if len(text) > _LONGEST:
            yield text.encode("utf-8", "replace") + b"\n"
            text, enough = "", 0
    yield from _broken((yield from _whole(text)))


def _whole(text: str) -> Generator[bytes, None, str]:
    """The records of all objects that are complete; gives the text behind them."""
    at = 0
    while True:
        begins = _BETWEEN.match(text, at)
        at = begins.end() if begins else at
        if text[at : at + 1] == "{":
            try:
                found, at = _decode(text, at)
            except (ValueError, RecursionError):
                return text[at:]
            for record in unbatched(found):
                yield msgspec.json.encode(record) + b"\n"
        elif (end := text.find("\n", at)) >= 0:
            yield text[at : end + 1].encode("utf-8", "replace")
            at = end + 1
        else:
            return text[at:]


def _broken(text: str) -> Iterator[bytes]:
    """What can be told of an object that breaks off: the objects within it."""
    at = 0
    for _ in range(_INNER):
        at = text.find("{", at + 1)
        if at < 0:
            break
        rest = yield from _whole(text[at:])
        if len(rest) < len(text) - at:
            text, at = rest, 0
    if text.strip():
        yield text.encode("utf-8", "replace") + b"\n"


def unbatched(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The records of a batch of OTLP, of Loki's, Elasticsearch's or CloudWatch's answers; else the object itself."""
    match found:
        case {"resourceLogs": [*parts]} | {"resource_logs": [*parts]}:
            for part in _objects(parts):
                yield from _resource(part)
        case {"scopeLogs": [*_]} | {"scope_logs": [*_]}:
            yield from _resource(found)
        case {"data": {"result": [*streams]}}:
            for stream in _objects(streams):
                yield from _stream(stream)
        case {"hits": {"hits": [*hits]}}:
            for hit in _objects(hits):
                source = hit.get("_source")
                yield source if isinstance(source, dict) else hit
        case {"events": [{"timestamp": _, "message": _}, *_] as events}:
            yield from _objects(events)
        case {"timeUnixNano": _, "attributes": [*pairs]}:
            yield {**attributes(pairs), **{key: value for key, value in found.items() if key != "attributes"}}
        case _:
            yield found


def _objects(items: list[Any]) -> Iterator[dict[str, Any]]:
    return (item for item in items if isinstance(item, dict))


def _stream(stream: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Loki: lines with their time in nanoseconds behind the labels that they share."""
    for entry in stream.get("values") or ():
        match entry:
            case [at, line, *_]:
                yield {"timestamp": at, "line": line, "labels": stream.get("stream")}


def _resource(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """OTLP: the log records of one resource, each with the attributes of that and with its own."""
    resource = part.get("resource")
    shared = attributes(resource.get("attributes")) if isinstance(resource, dict) else {}
    for scope in _objects(part.get("scopeLogs") or part.get("scope_logs") or []):
        for record in _objects(scope.get("logRecords") or scope.get("log_records") or []):
            own = attributes(record.get("attributes"))
            said = {key: value for key, value in record.items() if key != "attributes" and value}
            yield {**shared, **own, **said, "body": _value(record.get("body"))}


def attributes(pairs: object) -> dict[str, Any]:
    """OTLP's list of keys and values as an object."""
    if not isinstance(pairs, list):
        return {}
    return {str(pair.get("key")): _value(pair.get("value")) for pair in _objects(pairs)}


def _value(value: object) -> Any:
    """OTLP's wrapped value as it is meant."""
    match value:
        case {"arrayValue": {"values": [*items]}}:
            return [_value(item) for item in items]
        case {"kvlistValue": {"values": [*items]}}:
            return attributes(items)
        case {"intValue": str(digits)} if digits.lstrip("-").isdigit():
            return int(digits)
        case dict() if len(value) == 1:
            return next(iter(value.values()))
    return value
