"""Files of zstd, unpacked in steps large enough that the thread which does it seldom needs the interpreter.

The library's own file object asks for 8 KiB at a time, and makes objects so large that their memory is given back to
the system and asked for again.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

from diagnose.sources.logs.again import Again

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor
else:
    from backports.zstd import ZstdDecompressor

_STEP = 1 << 17


class Frames(Again):
    """The text of the frames of a file, one after the other; raises EOFError where the last one breaks off."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__(packed)
        self._frame = ZstdDecompressor()

    def rewind(self) -> None:
        """Goes to the beginning."""
        super().rewind()
        self._frame = ZstdDecompressor()

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fills `into` with what one step gives; gives how many bytes, 0 at the end."""
        while True:
            packed = b""
            if self._frame.eof:
                packed = self._frame.unused_data or self._stream.read(_STEP)
                if not packed:
                    return 0
                self._frame = ZstdDecompressor()
            elif self._frame.needs_input and not (packed := self._stream.read(_STEP)):
                raise EOFError("the last frame is not complete")
            if text := self._frame.decompress(packed, min(len(into), _STEP)):
                into[: len(text)] = text
                return len(text)

    readinto1 = readinto
