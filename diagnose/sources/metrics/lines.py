"""Lines of a file that may be compressed and may be cut off: what can be read is, and the trouble is told."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isal import isal_zlib

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BLOCK = 1 << 18
_MAX_LINE = 1 << 24
_GZIP_BITS = 31


class Lines:
    """The lines of one file, without their ends; `trouble` is set when not all of it could be read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.trouble = ""

    def head(self) -> bytes:
        """The first bytes, decompressed. Raises OSError when there is no such file."""
        return next(self._blocks(), b"")

    def __iter__(self) -> Iterator[bytes]:
        rest = b""
        for block in self._blocks():
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            if len(rest) > _MAX_LINE:
                self.trouble = "a line of more than 16 MiB was left out"
                rest = b""
            yield from lines
        if rest:
            yield rest

    def _blocks(self) -> Iterator[bytes]:
        with Path(self.path).open("rb") as stream:
            first = stream.read(_BLOCK)
            plain = iter(lambda: stream.read(_BLOCK), b"")
            if not first.startswith((_GZIP, _ZSTD)):
                yield first
                yield from plain
                return
            unpack = _Gzip() if first.startswith(_GZIP) else _Zstd()
            try:
                yield from (part for part in unpack.feed(first) if part)
                for block in plain:
                    yield from (part for part in unpack.feed(block) if part)
            except unpack.errors as error:
                self.trouble = f"the compressed file is damaged ({error}); what came before it was read"
                return
            if not unpack.whole:
                self.trouble = "the compressed file is cut off; what there is was read"


class _Gzip:
    """Members of a gzip file one after another, block by block, so that a torn end costs only itself."""

    errors: tuple[Any, ...] = (isal_zlib.error, zlib.error, ValueError, EOFError)

    def __init__(self) -> None:
        self._member = isal_zlib.decompressobj(wbits=_GZIP_BITS)

    @property
    def whole(self) -> bool:
        return bool(self._member.eof)

    def feed(self, block: bytes) -> Iterator[bytes]:
        while block:
            if self._member.eof:
                if not block.startswith(_GZIP):
                    return  # padding after the last member
                self._member = isal_zlib.decompressobj(wbits=_GZIP_BITS)
            yield self._member.decompress(block)
            block = self._member.unused_data if self._member.eof else b""


class _Zstd:
    """Frames of a zstd file one after another."""

    def __init__(self) -> None:
        self._zstd = _zstd()
        self._frame = self._zstd.ZstdDecompressor()
        self.errors: tuple[Any, ...] = (self._zstd.ZstdError, ValueError, EOFError)

    @property
    def whole(self) -> bool:
        return bool(self._frame.eof)

    def feed(self, block: bytes) -> Iterator[bytes]:
        while block:
            if self._frame.eof:
                self._frame = self._zstd.ZstdDecompressor()
            yield self._frame.decompress(block)
            block = self._frame.unused_data if self._frame.eof else b""


def _zstd() -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found]
    except ImportError:
        from backports import zstd
    return zstd
