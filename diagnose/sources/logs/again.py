"""Streams that are made of other streams and can only be read again from their beginning."""

from __future__ import annotations

import io
from typing import BinaryIO


class Again(io.RawIOBase):
    """A stream made of another, which it closes; what makes it of that says in `rewind` what going back takes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """To the beginning, as the stream behind it is."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes to the beginning; raises OSError for any other place."""
        if offset or whence:
            raise io.UnsupportedOperation("a stream that is made of another can only be sent back to its beginning")
        self.rewind()
        return 0

    def rewind(self) -> None:
        """Goes to the beginning of the stream behind it."""
        self._stream.seek(0)

    def close(self) -> None:
        """Closes the stream behind it."""
        if not self.closed:
            self._stream.close()
        super().close()
