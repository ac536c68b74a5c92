"""A stream that is read ahead gives the same bytes, the same errors, and lets go when it is closed."""

from __future__ import annotations

import io
import threading

import pytest

from diagnose.sources.logs.ahead import Ahead

BYTES = bytes(range(251)) * 60_000


class Breaking(io.BytesIO):
    """Breaks off after ten million bytes."""

    def readinto1(self, into: memoryview) -> int:  # type: ignore[override]
        if self.tell() >= 10_000_000:
            raise EOFError("broken off")
        return super().readinto1(into[: 10_000_000 - self.tell()])


def test_all_bytes_come_in_order_whatever_is_asked_for() -> None:
    stream = Ahead(io.BytesIO(BYTES))
    assert b"".join(stream.read(size) for size in [1, 7, 300_000, 5_000_000] * 100) == BYTES
    assert stream.read(1) == b""


def test_going_back_starts_anew() -> None:
    stream = Ahead(io.BytesIO(BYTES))
    assert stream.read(1000) == BYTES[:1000]
    stream.seek(0)
    assert stream.read(500) == BYTES[:500]


def test_it_can_only_be_sent_back_to_its_beginning() -> None:
    stream = Ahead(io.BytesIO(BYTES))
    assert stream.read(2_000_000) == BYTES[:2_000_000]
    with pytest.raises(io.UnsupportedOperation):
        stream.seek(1)
    stream.seek(0)
    assert stream.read() == BYTES


def test_what_came_before_an_error_is_given_before_it() -> None:
    stream = Ahead(Breaking(BYTES))
    assert sum(len(stream.read(1 << 18)) for _ in range(39)) == 10_000_000
    with pytest.raises(OSError, match="broken off"):
        stream.read(1)


def test_closing_midway_ends_the_thread_and_closes_the_stream() -> None:
    inner, before = io.BytesIO(BYTES), set(threading.enumerate())
    with Ahead(inner) as stream:
        stream.read(10)
    assert inner.closed
    assert set(threading.enumerate()) <= before
