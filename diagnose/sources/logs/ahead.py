"""A second thread unpacks compressed files, a few blocks ahead of the reader."""

from __future__ import annotations

import atexit
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO

from diagnose.sources.logs.again import Again

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


class _Ring:
    """A thread that fills blocks with what comes next in a stream; a block that was read is filled anew."""

    def __init__(self, stream: BinaryIO) -> None:
        self._free: SimpleQueue[_Block | None] = SimpleQueue()
        self._full: SimpleQueue[_Block] = SimpleQueue()
        self._thread = Thread(target=self._fill, args=(stream,), name="unpack", daemon=True)
        for _ in range(_BLOCKS):
            self._free.put(_Block())
        self._thread.start()
        atexit.register(self.stop)

    def next(self, done: _Block) -> _Block:
        """The next block, for one that is done with."""
        self._free.put(done)
        return self._full.get()

    def stop(self) -> None:
        """Ends the thread."""
        atexit.unregister(self.stop)
        while not self._free.empty():
            self._free.get()
        self._free.put(None)
        self._thread.join()

    def _fill(self, stream: BinaryIO) -> None:
        while (block := self._free.get()) is not None:
            self._full.put(block.fill(stream))


class Ahead(Again):
    """A stream that is read by a thread of its own; what it raises is an OSError behind all that it gave.

    It can be sent back to its beginning, which costs nothing within the first block: readers look there before they
    read all, and only what lies behind it is read by the thread.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self._block: _Block | None = None
        self._used = 0
        self._ring: _Ring | None = None

    def rewind(self) -> None:
        """Goes to the beginning."""
        if self._ring is not None:
            self._stop()
            super().rewind()
            self._block = None
        self._used = 0

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fills `into`, unless the stream ends; gives how many bytes."""
        given = 0
        while given < len(into):
            block = self._current()
            count = min(block.filled - self._used, len(into) - given)
            if count == 0:
                if block.error is not None and given == 0:
                    raise block.error
                break
            into[given : given + count] = memoryview(block.data)[self._used : self._used + count]
            self._used += count
            given += count
        return given

    def close(self) -> None:
        """Stops the thread and closes the stream."""
        self._stop()
        super().close()

    def _current(self) -> _Block:
        """The block to read from, or the last one, all of which was read."""
        if self._block is None:
            self._block = _Block().fill(self._stream)
        elif self._used == self._block.filled == _SIZE:
            self._ring = self._ring or _Ring(self._stream)
            self._block, self._used = self._ring.next(self._block), 0
        return self._block

    def _stop(self) -> None:
        if self._ring is not None:
            self._ring.stop()
            self._ring = None
