"""Records that are lines of text with a time stamp somewhere at their head."""

from __future__ import annotations

import re

from diagnose.sources.logs import access, levels
from diagnose.sources.logs.flat import pairs
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.record import Record, Value
from diagnose.sources.logs.stamps import Stamp, StampFinder
from diagnose.sources.logs.traces import split_trace

_PRIORITY = re.compile(r"<(\d{1,3})>")
_SYSLOG = re.compile(r" (?P<host>[\w.-]+(?::[\w:.]*\w)?) (?P<app>[\w./()-]{1,48}?)(?:\[(?P<pid>\d+)\])?: ")
_SYSLOG_5424 = re.compile(r" (?P<host>\S+) (?P<app>\S+) \S+ \S+ (?:-|(?:\[[^\]]*\])+) ?")
_REDIS = re.compile(r" ([.\-*#]) ")
_MARKS = {".": levels.DEBUG, "-": levels.DEBUG, "*": levels.INFO, "#": levels.WARN}
# After the level: process, thread and logger, as log4j, logback, Spring, Python and tracing write them.
_LOGGER = re.compile(
    r"(?:/[\w-]+\])?[\s\]:|>,-]*(?:\d+ )?(?:--- )?(?:\[[^\]]{0,100}\]\s*)*"
    r"(?:(?P<logger>[A-Za-z_][\w.$/@\[\]-]{1,100}?(?:::\w+)*(?:#\d+|:\d+|\(\d+\))?)\s*(?:: | - |::(?!\w)|\) |\|)"
    r"|(?P<place>[A-Za-z_][\w.$\[\]]*#\d+) )?[\s:|-]*"
)
_KLOG = re.compile(r"\s*\d+ (?P<place>[\w.-]+:\d+)\] ")
_HEAD_LOGGER = re.compile(r"[A-Z]{4,8}[:|] ?([A-Za-z_][\w.]*)[:|]")
_OPENING = re.compile(r"[\s:|\],>-]+")
_TAIL_PAIR = re.compile(r"(?:^|[\s,{\[])[A-Za-z_][\w.-]*=\S")
_HEAD = 140
_QUOTED = frozenset("\"'=")


class TextReader:
    """Reads lines of text of one stream."""

    def __init__(self, clock: Clock) -> None:
        self._finder = StampFinder(clock)

    def read(self, line: str) -> Record | None:
        """The record of a line; None when the line bears no time stamp of its own."""
        stamp = self._finder.find(line)
        if stamp is None:
            return None
        head, rest = line[: stamp.start], line[stamp.end :]
        asked = '" ' in rest or "| " in rest or rest[-10:-4] == access.PROTOCOL
        if asked and (request := access.request_of(rest)) is not None:
            return Record(stamp.at, _request_level(rest), request[0], request[1], "", "access")
        level, start = _level(stamp, head, rest)
        fields: dict[str, Value] = {}
        if head and (named := _HEAD_LOGGER.match(head)) is not None:
            fields["logger"] = named[1]
        syslog = None
        if start == 0 or head.startswith("<"):
            level, start, syslog = _syslog(head, rest, level, start, fields)
        if stamp.letter and (called := _KLOG.match(rest)) is not None:
            fields["caller"] = called["place"]
            start = called.end()
        message = _message(rest, start, fields, bare=syslog is None and start > 0 and not stamp.letter)
        if "=" in message and len(_TAIL_PAIR.findall(message, 0, 2000)) > 1:
            fields.update(pairs(message))
        message, trace = split_trace(message)
        return Record(stamp.at, level, message, fields, trace, "syslog" if syslog else "text")


def _level(stamp: Stamp, head: str, rest: str) -> tuple[int, int]:
    """The stated level and where the rest goes on behind it (0: nothing was stated after the time stamp)."""
    if stamp.letter:
        return levels.of_letter(stamp.letter), 0
    if head and (stated := levels.HEAD.search(head)) is not None:
        return levels.of_word(stated.group(stated.lastgroup or 0)), 0
    stated = levels.HEAD.search(rest, 0, _HEAD)
    if stated is not None:
        inside = rest[max(stated.start() - 1, 0)] in _QUOTED
        return levels.of_word(stated.group(stated.lastgroup or 0)), 0 if inside else stated.end()
    if head and (initial := head.strip(" [,:")) in levels.INITIALS:
        return levels.of_letter(initial), 0
    if rest[:1] == " " and (mark := _REDIS.match(rest)) is not None:
        return _MARKS[mark[1]], mark.end()
    return levels.UNKNOWN, 0


def _syslog(
    head: str, rest: str, level: int, start: int, fields: dict[str, Value]
) -> tuple[int, int, re.Match[str] | None]:
    """Host and program of a syslog line go into the fields; its priority gives the level."""
    priority = _PRIORITY.match(head)
    if priority is not None:
        level = levels.of_syslog(int(priority[1])) if level == levels.UNKNOWN else level
    found = (_SYSLOG_5424 if head.endswith("1 ") and priority else _SYSLOG).match(rest)
    if found is None or levels.of_word(found["host"]) != levels.UNKNOWN:
        return level, start, None
    fields["host"] = found["host"]
    fields["app"] = found["app"]
    stated = levels.HEAD.search(rest, found.end(), found.end() + 40) if level == levels.UNKNOWN else None
    if stated is not None:
        level = levels.of_word(stated.group(stated.lastgroup or 0))
    return level, max(found.end(), stated.end() if stated else 0), found


def _message(rest: str, start: int, fields: dict[str, Value], *, bare: bool) -> str:
    if not bare:
        opening = _OPENING.match(rest, start)
        return rest[opening.end() if opening else start :].strip()
    found = _LOGGER.match(rest, start)
    if found is None:
        return rest[start:].strip()
    if named := found["logger"] or found["place"]:
        fields["logger"] = named
    return rest[found.end() :].strip() or rest[start:].strip()


def _request_level(rest: str) -> int:
    stated = levels.HEAD.search(rest, 0, 40)
    return levels.of_word(stated.group(stated.lastgroup or 0)) if stated else levels.UNKNOWN
