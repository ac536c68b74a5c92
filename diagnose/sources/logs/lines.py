"""One line, whatever its format: recognised line by line, so that mixed files need nothing special."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from diagnose.sources.logs import levels
from diagnose.sources.logs.access import request_of
from diagnose.sources.logs.flat import pairs, salvaged
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.structured import FieldReader
from diagnose.sources.logs.text import TextReader
from diagnose.sources.logs.w3c import Columns

_LOGFMT = re.compile(r"""[A-Za-z_@][\w.@/-]*=(?:"[^"]*"|\S*)(?: |$)""")
_CRI = re.compile(r"(\d{4}-\d\d-\d\dT\S+) (stdout|stderr) ([FP])(?: |$)")
_COMPOSE = re.compile(r"([\w./-]+?)\s+\| ")
_PREFIXED = re.compile(r"\[pod/([\w.-]+)/([\w.-]+)\] ")
_STERN = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)+) ([a-z0-9-]+) (?=\{\")")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# Behind the time stamp that a collector put before a line: the labels of its stream, and a format of its own.
_LABELS = re.compile(r'\{(?:\w+="[^"]*"(?:, ?|(?=\})))+\}\s+')
_LABEL = re.compile(r'(\w+)="([^"]*)"')
_NESTED = re.compile(r"[IWEFD]\d{4} \d\d:|[A-Za-z_][\w.]*=")
_JSON_TAIL = re.compile(r"\{[\"'].*\}\s*$")
_POD = ("pod", "container")
WRAPPED = frozenset({"docker", "cri", "journald"})
_decode = msgspec.json.Decoder().decode


class LineReader:
    """Reads the lines of one stream, one at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._fields = FieldReader(clock)
        self._text = TextReader(clock)
        self._inner = TextReader(clock)
        self._columns: Columns | None = None
        self._partial: dict[str, str] = {}
        self.broken = 0

    def read(self, line: str) -> Record | None:
        """The record of a line; None when it has no time of its own: it continues a record or stands alone."""
        if line[:1] == "{" and (found := self._object(line)) is not None:
            return self._from_object(found)
        if (line[:1] == "#" or self._columns is not None) and (record := self._column(line)) is not None:
            return record
        if "\x1b" in line:
            line = _ANSI.sub("", line)
        head = line[:64]
        if "=" in head and _LOGFMT.match(line):
            record = self._fields.read(pairs(line), format="logfmt")
            if record.time is not None:
                return record
        if (" stdout " in head or " stderr " in head) and (found_cri := _CRI.match(line)) is not None:
            return self._cri(line, found_cri)
        if ("| " in head or head[:5] == "[pod/" or ' {"' in head) and (inner := self._prefixed(line)) is not None:
            return inner
        return self._plain(line)

    def bare(self, line: str) -> str:
        """A line without colours and without the prefix that docker compose, kubectl or stern put before it."""
        line = _ANSI.sub("", line) if "\x1b" in line else line
        for pattern in (_PREFIXED, _COMPOSE, _STERN):
            if (prefix := pattern.match(line)) is not None:
                return line[prefix.end() :]
        return line

    def _column(self, line: str) -> Record | None:
        """A line of a W3C extended log; its directives are no records."""
        if line[:1] == "#":
            if not line.startswith(("#Fields:", "#Date:", "#Software:", "#Version:", "#Start-Date:", "#Remark:")):
                return None
            self._columns = self._columns or Columns()
            self._columns.directive(line)
            return PARTIAL
        found = self._columns.read(line) if self._columns is not None else None
        if found is None:
            return None
        record = self._fields.read(found, format="w3c")
        return record if record.time is not None else None

    def payload(self, text: str) -> Record | None:
        """What a text inside an envelope says of itself: level, message, fields; its own time may be missing."""
        if text[:1] == "{" and (found := self._object(text)) is not None:
            return self._fields.read(found)
        if text[:2] == "20" and (within := _CRI.match(text)) is not None:
            return self.payload(text[within.end() :])
        if _LOGFMT.match(text):
            return self._fields.read(pairs(text), format="logfmt")
        return self._inner.read(text) or _timeless(text)

    def _object(self, line: str) -> dict[str, Any] | None:
        try:
            found = _decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            try:
                found = _decode(line.rstrip().rstrip(",\x00"))
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                self.broken += 1
                found = salvaged(line)
                return found if len(found) > 1 else None
        return found if isinstance(found, dict) else None

    def _from_object(self, found: dict[str, Any]) -> Record | None:
        if "log" in found and "time" in found and len(found) <= 4 and isinstance(found["log"], str):
            return self._docker(found)
        record = self._fields.read(found)
        if "__REALTIME_TIMESTAMP" in found:
            return self._wrapped(record._replace(format="journald"), record.message)
        if record.level == levels.UNKNOWN and record.message and record.time is not None:
            return self._stated_inside(record)
        return record

    def _stated_inside(self, record: Record) -> Record:
        """The level that the text of a record states, when the record has none; its own time stays."""
        inner = self.payload(record.message.split("\n", 1)[0])
        if inner is None or inner.level == levels.UNKNOWN:
            return record
        return record._replace(level=inner.level, message=inner.message, fields={**inner.fields, **record.fields})

    def _docker(self, found: dict[str, Any]) -> Record | None:
        stream = str(found.get("stream", ""))
        text = self._partial.pop(stream, "") + found["log"]
        if not text.endswith("\n") and len(text) < 1 << 20:
            self._partial[stream] = text
            return PARTIAL
        return self._wrapped(Record(self._clock.value(found["time"]), format="docker"), text.rstrip("\r\n"))

    def _cri(self, line: str, found: re.Match[str]) -> Record | None:
        stream = found[2]
        text = self._partial.pop(stream, "") + line[found.end() :]
        if found[3] == "P" and len(text) < 1 << 20:
            self._partial[stream] = text
            return PARTIAL
        return self._wrapped(Record(self._clock.text(found[1]), format="cri"), text)

    def _wrapped(self, outer: Record, text: str) -> Record:
        inner = self.payload(text) if text else None
        if inner is None:
            return outer._replace(message=text)
        level = inner.level if inner.level != levels.UNKNOWN else outer.level
        at = outer.time if outer.time is not None else inner.time
        return Record(at, level, inner.message, {**outer.fields, **inner.fields}, inner.stack, inner.format)

    def _prefixed(self, line: str) -> Record | None:
        """A line behind the prefix that docker compose, kubectl or stern put before it; None when there is none."""
        for pattern, names in ((_PREFIXED, _POD), (_COMPOSE, ("container",)), (_STERN, _POD)):
            if (prefix := pattern.match(line)) is not None:
                inner = self.read(line[prefix.end() :])
                if inner is None or inner is PARTIAL:
                    return inner
                return inner._replace(fields={**inner.fields, **dict(zip(names, prefix.groups(), strict=True))})
        return None

    def _plain(self, line: str) -> Record | None:
        record = self._text.read(line)
        if record is None:
            return None
        if record.message[:1] == "{" and (labels := _LABELS.match(record.message)) is not None:
            found = dict(_LABEL.findall(labels.group()))
            record = record._replace(message=record.message[labels.end() :], fields={**record.fields, **found})
        if record.message[-1:] == "}" and (tail := _JSON_TAIL.search(record.message)) is not None:
            return self._with_tail(record, tail)
        if record.level == levels.UNKNOWN and _NESTED.match(record.message):
            return self._stated_inside(record)
        return record

    def _with_tail(self, record: Record, tail: re.Match[str]) -> Record:
        """A text line that ends in an object, as zap's console encoder and Laravel write it."""
        broken = self.broken
        found = self._object(tail.group().strip())
        if self.broken > broken or found is None:
            self.broken = broken
            return record
        inner = self._fields.read(found)
        head = record.message[: tail.start()].strip()
        message = f"{head}: {inner.message}" if head and inner.message and inner.message not in head else head
        level = record.level if record.level != levels.UNKNOWN else inner.level
        return record._replace(
            level=level,
            message=message or inner.message,
            fields={**record.fields, **inner.fields},
            stack=record.stack or inner.stack,
        )


def _timeless(text: str) -> Record | None:
    """What a line without a time stamp states: a request, or a level at its head."""
    if '" ' in text and (request := request_of(text)) is not None:
        return Record(None, levels.UNKNOWN, request[0], request[1], "", "access")
    stated = levels.PREFIX.match(text)
    return Record(None, levels.of_word(stated[1]), text[stated.end() :]) if stated is not None else None


PARTIAL = Record(None, format="partial")
