"""Lines to whole records: stack traces and panics are kept with the record that they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable

from diagnose.sources.logs import levels
from diagnose.sources.logs.lines import PARTIAL, WRAPPED, LineReader
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.traces import CONTINUES, LINES, clipped, exception_of, is_trace, joined

Sink = Callable[[Record], None]

# What a process prints as it dies, without a time stamp.
_DYING = re.compile(
    r"panic: |fatal error: |Exception in thread \"|thread '.*'(?: \(\d+\))? panicked at|Killed\b|Segmentation fault|"
    r"[Uu]n(?:handled|caught) (?:[Ee]xception|[Ee]rror|[Rr]ejection)|FATAL[: ]|runtime: out of memory|"
    r"# A fatal error has been detected|java\.lang\.OutOfMemoryError|terminate called|Aborted\b|"
    r"(?:file://)?/\S+\.[cm]?[jt]s:\d+$|"  # Node prints the place before an error that nobody caught
    r"<--- Last few GCs|FATAL ERROR: |SIGSEGV|npm ERR!|node:internal/|signal: killed|command terminated"
)
_RAISED = re.compile(
    r"Traceback \(most recent call last\):|(?:[\w$]+\.)*(?:[A-Z][\w$]*)?(?:Exception|Error|Throwable)\b(?:: |$)"
)
_RUST_PANIC = re.compile(r"thread '.*'(?: \(\d+\))? panicked at \S+:")  # what it says stands on the next line
_BOOT_MARKS = frozenset({"INFO", "WARNING", "SEVERE", "CONFIG", "FINE"})


class Assembler:
    """Holds one record back until the next begins, and gives whole records to the sink."""

    def __init__(self, reader: LineReader, sink: Sink) -> None:
        self._reader = reader
        self._sink = sink
        self._held: Record | None = None
        self._open = False
        self._extra: list[str] = []
        self._last: float | None = None
        self.records = 0
        self.untimed = 0

    def feed(self, line: str) -> None:
        """One line, without its line end."""
        record = self._reader.read(line)
        if record is None:
            self._continue(line)
        elif record is PARTIAL:
            return
        elif record.time is None:
            self._borrow(record)
        elif record.format in WRAPPED and self._held is not None and self._belongs(record.message):
            self._continue(record.message)
        else:
            self._last = record.time
            self._hold(record, open_=record.format not in _COMPLETE)

    def flush(self) -> None:
        """The end of the stream: the last record is complete."""
        held, extra = self._held, self._extra
        if held is None:
            return
        self._held = None
        if extra:
            self._extra = []
            held = _whole(held, extra)
        self.records += 1
        self._sink(held)

    def _hold(self, record: Record, *, open_: bool) -> None:
        if self._held is not None:
            self.flush()
        if record.format in WRAPPED and record.level in {levels.UNKNOWN, levels.INFO}:
            level = levels.FATAL if _DYING.match(record.message) else levels.ERROR
            if level == levels.FATAL or _RAISED.match(record.message):
                record = record._replace(level=level)
        self._held = record
        self._open = open_

    def _borrow(self, record: Record) -> None:
        """A record without a time takes that of the one before."""
        self.untimed += 1
        if self._last is not None:
            self._hold(record._replace(time=self._last), open_=record.format not in _COMPLETE)

    def _belongs(self, message: str) -> bool:
        """Whether a line that a container wrote goes on with the one before, though it has a time of its own."""
        if not message or CONTINUES.match(message):
            return self._open or bool(self._extra) or message[:1].isspace()
        return bool(self._extra) and self._open and _RAISED.match(message) is not None

    def _continue(self, line: str) -> None:
        """A line without a time stamp: part of the record before, or what a process printed on its own."""
        line = self._reader.bare(line)
        if not line.strip():
            if self._extra:
                self._extra.append("")
        elif _DYING.match(line) and not (self._extra and line[:1].isspace()):
            self._alone(line, levels.FATAL)
        elif _RAISED.match(line):
            self._raised(line)
        elif self._held is not None and not self._extra and _RUST_PANIC.fullmatch(self._held.message):
            self._held = self._held._replace(message=f"{self._held.message} {line.strip()}")
        elif self._held is not None and CONTINUES.match(line):
            self._attach(line)
        elif (stated := levels.PREFIX.match(line)) is not None and not self._second_half(stated):
            self._alone(line[stated.end() :], levels.of_word(stated[1]))
        elif self._held is not None and self._open:
            self._attach(line)
        else:
            self._alone(line, levels.UNKNOWN)

    def _raised(self, line: str) -> None:
        """An exception belongs to the record before if that speaks of trouble, or a trace of it has begun."""
        held = self._held
        if held is not None and self._open and (self._extra or held.level in _TROUBLED):
            self._attach(line)
        else:
            self._alone(line, levels.ERROR)

    def _second_half(self, stated: re.Match[str]) -> bool:
        """java.util.logging writes level and message on a second line."""
        held = self._held
        return (
            held is not None
            and self._open
            and held.level == levels.UNKNOWN
            and stated[1] in _BOOT_MARKS
            and not self._extra
        )

    def _attach(self, line: str) -> None:
        if len(self._extra) < LINES:
            self._extra.append(line)

    def _alone(self, line: str, level: int) -> None:
        self.untimed += 1
        if self._last is None:
            return
        self._hold(Record(self._last, level, line.strip(), {}, "", "plain"), open_=level >= levels.ERROR)


_COMPLETE = frozenset({"json", "logfmt", "access"})
_TROUBLED = frozenset({levels.WARN, levels.ERROR, levels.FATAL, levels.UNKNOWN})


def _whole(held: Record, extra: list[str]) -> Record:
    """A record with the lines that followed it: the trace is kept, and its exception joins the message."""
    stated = levels.PREFIX.match(extra[0]) if held.level == levels.UNKNOWN else None
    if stated is not None and stated[1] in _BOOT_MARKS:
        rest = extra[0][stated.end() :]
        held = held._replace(level=levels.of_word(stated[1]), message=rest or held.message)
        extra = extra[1:]
    while extra and not extra[-1]:
        extra = extra[:-1]
    if not extra or (not is_trace(extra) and not is_trace([held.message])):
        return held
    message = held.message
    lines = [message, *extra] if held.format == "plain" or "Traceback (" in message else extra
    if not message.startswith(("panic: ", "fatal error: ")):
        message = joined(message.partition("Traceback (most")[0].strip(), exception_of(lines)) or message
    return held._replace(message=message, stack=held.stack or clipped(lines))
