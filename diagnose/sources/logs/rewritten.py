"""Files that do not hold one record a line in UTF-8, read as if they did."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO

from diagnose.sources.logs.again import Again

HEAD = 4096
_CHUNK = 1 << 18
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
Rewriting = Callable[[BinaryIO], Iterator[bytes]]


def rewriting_of(head: bytes) -> tuple[str, Rewriting] | None:
    """What a file that begins like this has to be rewritten from, and how; None when it can be read as it is."""
    encoding = _encoding(head)
    if encoding:
        return "UTF-16", lambda stream: _utf8(stream, encoding)
    if head.lstrip(codecs.BOM_UTF8).lstrip()[:1] in {b"[", b"{"}:
        from diagnose.sources.logs import documents

        if documents.OPENING.match(head.removeprefix(codecs.BOM_UTF8)):
            return "one document", documents.records
    from diagnose.sources.logs import tables

    if tables.JOURNAL.match(head):
        return "journald's export", tables.journal
    return ("a table", tables.rows) if tables.heads_table(head) else None


def _encoding(head: bytes) -> str:
    """A wide encoding, told by its mark or by the NUL bytes beside Latin letters; '' for any other."""
    if head[:2] in _MARKS:
        return _MARKS[head[:2]]
    if len(head) >= 4 and head[0] and head[2] and not head[1] and not head[3]:
        return "utf-16-le"
    return "utf-16-be" if len(head) >= 4 and head[1] and head[3] and not head[0] and not head[2] else ""


def _utf8(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while chunk := stream.read(_CHUNK):
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


class Rewritten(Again):
    """A stream made of the pieces that a rewriting makes of another; it can be sent back to its beginning."""

    def __init__(self, stream: BinaryIO, rewriting: Rewriting) -> None:
        super().__init__(stream)
        self._rewriting = rewriting
        self._pieces = rewriting(stream)
        self._rest = memoryview(b"")

    def rewind(self) -> None:
        """Goes to the beginning."""
        super().rewind()
        self._pieces, self._rest = self._rewriting(self._stream), memoryview(b"")

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fills `into` with what comes next; gives how many bytes, 0 at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        count = min(len(self._rest), len(into))
        into[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
