"""A second thread unpacks compressed files, a few blocks ahead of the reader."""

from __future__ import annotations

import io
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import BinaryIO

_SIZE = 1 << 20
_BLOCKS = 6


@dataclass(slots=True)
class _Block:
    """Bytes of a stream; one that is not full is the last, and `error` is why, if the stream did not just end."""

    data: bytearray = field(default_factory=lambda: bytearray(_SIZE))
    filled: int = 0
    error: OSError | None = None

    def fill(self, stream: BinaryIO) -> _Block:
        """The block with the next bytes of the stream."""
        self.filled = 0
        free = memoryview(self.data)
        try:
            while self.filled < _SIZE and (got := stream.readinto1(free[self.filled :])):  # type: ignore[attr-defined]
                self.filled += got
        except Exception as error:  # noqa: BLE001 - each library has errors of its own
            self.error = OSError(str(error) or type(error).__name__)
        return self


class Ahead(io.RawIOBase):
    """A stream that is read by a thread of its own; what it raises is an OSError behind all that it gave."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="unpack")
        self._filling: deque[Future[_Block]] = deque()
        self._block: _Block | None = None
        self._used = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """As the stream is."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes elsewhere in the stream; what was read ahead is dropped."""
        self._drop()
        return self._stream.seek(offset, whence)

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fills `into` with what is there already; gives how many bytes, 0 at the end."""
        block = self._current()
        count = min(block.filled - self._used, len(into))
        if count == 0 and block.error is not None:
            raise block.error
        into[:count] = memoryview(block.data)[self._used : self._used + count]
        self._used += count
        return count

    def close(self) -> None:
        """Stops the thread and closes the stream."""
        if not self.closed:
            self._drop()
            self._thread.shutdown()
            self._stream.close()
        super().close()

    def _current(self) -> _Block:
        """The block to read from, or the last one, all of which was read."""
        if self._block is None:
            self._filling.extend(self._thread.submit(_Block().fill, self._stream) for _ in range(_BLOCKS))
            self._block = self._filling.popleft().result()
        while self._used == self._block.filled == _SIZE:
            self._filling.append(self._thread.submit(self._block.fill, self._stream))
            self._block, self._used = self._filling.popleft().result(), 0
        return self._block

    def _drop(self) -> None:
        for future in self._filling:
            if not future.cancel():
                future.result()
        self._filling.clear()
        self._block, self._used = None, 0
