"""Files of zstd, unpacked in steps large enough that the thread which does it seldom needs the interpreter.

The library's own file object asks for 8 KiB at a time, and makes objects so large that their memory is given back to
the system and asked for again.
"""

from __future__ import annotations

import io
import sys
from typing import BinaryIO

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor
else:
    from backports.zstd import ZstdDecompressor

_STEP = 1 << 17


class Frames(io.RawIOBase):
    """The text of the frames of a file, one after the other; raises EOFError where the last one breaks off."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._frame = ZstdDecompressor()

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """To the beginning, as the file is."""
        return self._packed.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes to the beginning; raises OSError for any other place."""
        if offset or whence:
            raise io.UnsupportedOperation("frames can only be read from the beginning")
        self._frame = ZstdDecompressor()
        return self._packed.seek(0)

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fills `into` with what one step gives; gives how many bytes, 0 at the end."""
        while True:
            packed = b""
            if self._frame.eof:
                packed = self._frame.unused_data or self._packed.read(_STEP)
                if not packed:
                    return 0
                self._frame = ZstdDecompressor()
            elif self._frame.needs_input and not (packed := self._packed.read(_STEP)):
                raise EOFError("the last frame is not complete")
            if text := self._frame.decompress(packed, min(len(into), _STEP)):
                into[: len(text)] = text
                return len(text)

    readinto1 = readinto

    def close(self) -> None:
        """Closes the file."""
        if not self.closed:
            self._packed.close()
        super().close()
