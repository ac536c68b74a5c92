"""Bytes to lines: any compression, any damage, bounded memory."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from diagnose.errors import SourceError
from diagnose.sources.logs import remote
from diagnose.sources.logs.inputs import STDIN
from diagnose.sources.logs.rewritten import HEAD, Rewritten, rewriting_of

_CHUNK = 1 << 20
_LONGEST = 1 << 20
_KEPT = 1 << 16
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\xfd7zXZ\x00": "xz", b"BZh": "bz2"}
DAMAGE = (EOFError, OSError, ValueError)


@dataclass(slots=True)
class Damage:
    """What could not be read of a stream: lines cut short or not UTF-8, and why it ended early ('' if it did not)."""

    cut: int = 0
    undecodable: int = 0
    ended: str = ""


def compression_of(head: bytes) -> str:
    """gzip, zstd, xz, bz2 or '' by the first bytes."""
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")


def open_source(name: str) -> tuple[BinaryIO, str]:
    """A readable stream of lines of a file, URL or standard input, and what it is made from ('' for a plain file).

    What is made from something else is compressed, in UTF-16 or one document, and can only be read from its beginning.
    Raises SourceError.
    """
    if name == STDIN:
        return sys.stdin.buffer, ""
    raw = remote.open_remote(name) if remote.is_remote(name) else _opened(name)
    kind = compression_of(raw.read(6))
    raw.seek(0)
    stream = _unpacked(raw, kind) if kind else raw
    return _rewritten(stream, kind)


def _opened(name: str) -> BinaryIO:
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise SourceError(f"cannot read {name}: {error.strerror or error}", remedy=f"ls -l {name}") from None


def _rewritten(stream: BinaryIO, kind: str) -> tuple[BinaryIO, str]:
    """A stream that holds one record a line in UTF-8, and what it was made from."""
    try:
        head = stream.read(HEAD)
        stream.seek(0)
    except DAMAGE:
        return stream, kind
    found = rewriting_of(head)
    if found is None:
        return stream, kind
    name, rewriting = found
    return cast("BinaryIO", Rewritten(stream, rewriting)), f"{kind}, {name}" if kind else name


def _unpacked(raw: BinaryIO, kind: str) -> BinaryIO:
    from diagnose.sources.logs.ahead import Ahead
    from diagnose.sources.logs.frames import Frames, frame_of

    return cast("BinaryIO", Ahead(cast("BinaryIO", Frames(raw, frame_of(kind)))))


def lines_of(stream: BinaryIO, damage: Damage, *, limit: int | None = None) -> Iterator[list[str]]:
    """The lines of a stream in batches, without line ends and NUL bytes; `limit` bounds the bytes that are read.

    Lines above 1 MiB keep their first 64 KiB. A stream that breaks off gives what was read and says so in `damage`.
    """
    rest = b""
    dropping = False
    for chunk in chunks(stream, damage, limit):
        block = rest + chunk
        end = block.rfind(b"\n")
        if end < 0:
            rest, dropping = _shortened(block, damage, dropping)
            continue
        yield split_block(block[:end], damage, dropping=dropping)
        rest, dropping = _shortened(block[end + 1 :], damage, dropping=False)
    if rest:
        yield split_block(rest, damage, dropping=dropping)


def _shortened(rest: bytes, damage: Damage, dropping: bool) -> tuple[bytes, bool]:
    """The unfinished line, and whether more of it is to be dropped."""
    if dropping:
        return rest[:_KEPT], True
    if len(rest) <= _LONGEST:
        return rest, False
    damage.cut += 1
    return rest[:_KEPT], True


def read_into(stream: BinaryIO, view: memoryview, damage: Damage) -> int:
    """Fills the view as far as the stream goes; 0 at its end, or where it breaks off."""
    try:
        return int(stream.readinto(view) or 0)  # type: ignore[attr-defined]
    except DAMAGE as error:
        damage.ended = str(error) or type(error).__name__
        return 0


def chunks(stream: BinaryIO, damage: Damage, limit: int | None) -> Iterator[bytes]:
    """The bytes of a stream piece by piece, at most `limit` in all."""
    read = getattr(stream, "read1", stream.read) if not isinstance(stream, io.BufferedReader) else stream.read
    while limit is None or limit > 0:
        try:
            chunk = read(_CHUNK if limit is None else min(_CHUNK, limit))
        except DAMAGE as error:
            damage.ended = str(error) or type(error).__name__
            return
        if not chunk:
            return
        if limit is not None:
            limit -= len(chunk)
        yield chunk


def split_block(block: bytes, damage: Damage, *, dropping: bool = False) -> list[str]:
    """The lines of a block of bytes, whatever they hold; with `dropping` the first is cut to 64 KiB."""
    try:
        text = block.decode()
    except UnicodeDecodeError:
        text = block.decode("utf-8", "replace")
        damage.undecodable += sum("\ufffd" in line for line in text.split("\n"))
    text = text.removeprefix("\ufeff")
    if "\x00" in text:
        text = text.replace("\x00", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").removesuffix("\r")
    lines = text.split("\n")
    if dropping:
        lines[0] = lines[0][:_KEPT]
    return lines
