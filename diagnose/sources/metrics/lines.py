"""Lines of a file that may be compressed and may be cut off: what can be read is, and the trouble is told."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BLOCK = 1 << 20
_MAX_LINE = 1 << 24


class Lines:
    """The lines of one file, without their ends; `trouble` is set when not all of it could be read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.trouble = ""

    def head(self, size: int = 65536) -> bytes:
        """The first bytes, decompressed. Raises OSError when there is no such file."""
        with self._open() as stream:
            try:
                return bytes(stream.read(size))
            except (EOFError, zlib.error, gzip.BadGzipFile, ValueError, _zstd_error()):
                return b""

    def __iter__(self) -> Iterator[bytes]:
        with self._open() as stream:
            rest = b""
            for block in self._blocks(stream):
                lines = (rest + block).split(b"\n")
                rest = lines.pop()
                if len(rest) > _MAX_LINE:
                    self.trouble = "a line of more than 16 MiB was left out"
                    rest = b""
                yield from lines
            if rest:
                yield rest

    def _blocks(self, stream: IO[bytes]) -> Iterator[bytes]:
        try:
            while block := stream.read(_BLOCK):
                yield block
        except (EOFError, zlib.error, gzip.BadGzipFile, ValueError, _zstd_error()) as error:
            self.trouble = f"the compressed file is damaged or cut off ({error}); what came before it was read"

    def _open(self) -> IO[bytes]:
        path = Path(self.path)
        with path.open("rb") as plain:
            magic = plain.read(4)
        if magic.startswith(_GZIP):
            return gzip.open(path, "rb")  # type: ignore[return-value]
        if magic.startswith(_ZSTD):
            return _zstd().open(path, "rb")  # type: ignore[no-any-return]
        return path.open("rb")


def _zstd() -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found]
    except ImportError:
        from backports import zstd
    return zstd


def _zstd_error() -> type[Exception]:
    error: type[Exception] = _zstd().ZstdError
    return error
