"""Compressed files, unpacked in steps large enough that the thread which does it seldom needs the interpreter.

The libraries' own file objects ask for 8 KiB at a time, or lose what was unpacked last where a file breaks off.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import BinaryIO, Protocol

from diagnose.sources.logs.again import Again

_STEP = 1 << 17


class Frame(Protocol):
    """What unpacks one frame, member or stream of a file; all of the libraries have the same."""

    @property
    def eof(self) -> bool:
        """Whether it is unpacked."""

    @property
    def needs_input(self) -> bool:
        """Whether there is no more text without more of the file."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind it."""

    def decompress(self, packed: bytes, most: int, /) -> bytes:
        """At most so many bytes of text."""


class Frames(Again):
    """The text of the frames of a file, one after the other; raises EOFError where the last one breaks off."""

    def __init__(self, stream: BinaryIO, frame: Callable[[], Frame]) -> None:
        super().__init__(stream)
        self._new = frame
        self._frame = frame()

    def rewind(self) -> None:
        """Goes to the beginning."""
        super().rewind()
        self._frame = self._new()

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fills `into` with what one step gives; gives how many bytes, 0 at the end."""
        while True:
            packed = b""
            if self._frame.eof:
                packed = self._next()
                if not packed:
                    return 0
                self._frame = self._new()
            elif self._frame.needs_input and not (packed := self._stream.read(_STEP)):
                raise EOFError("the file ends before what it holds does")
            if text := self._frame.decompress(packed, min(len(into), _STEP)):
                into[: len(text)] = text
                return len(text)

    readinto1 = readinto

    def _next(self) -> bytes:
        """The first bytes of the next frame; some programs fill up with zeros before it."""
        packed = self._frame.unused_data or self._stream.read(_STEP)
        while packed and not (begun := packed.lstrip(b"\0")):
            packed = self._stream.read(_STEP)
        return begun if packed else b""


def frame_of(kind: str) -> Callable[[], Frame]:
    """What unpacks a frame of gzip, zstd, xz or bz2."""
    if kind == "gzip":
        from isal import igzip_lib

        return partial(igzip_lib.IgzipDecompressor, flag=igzip_lib.DECOMP_GZIP)
    if kind == "zstd":
        if sys.version_info >= (3, 14):
            from compression.zstd import ZstdDecompressor
        else:
            from backports.zstd import ZstdDecompressor
        return ZstdDecompressor
    if kind == "xz":
        from lzma import LZMADecompressor

        return LZMADecompressor
    from bz2 import BZ2Decompressor

    return BZ2Decompressor
