"""Files of zstd: several frames, skippable ones, and what breaks off."""

from __future__ import annotations

import io
import sys

import pytest

from diagnose.sources.logs.frames import Frames

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdError, compress
else:
    from backports.zstd import ZstdError, compress

TEXT = bytes(range(251)) * 4_000
SKIPPED = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"


def test_frames_are_read_one_after_the_other() -> None:
    packed = compress(TEXT) + SKIPPED + compress(b"") + compress(b"end")
    frames = Frames(io.BytesIO(packed))
    assert frames.read() == TEXT + b"end"
    frames.seek(0)
    assert frames.read(10) == TEXT[:10]


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_frame_that_breaks_off_gives_what_is_there_and_says_so(share: float) -> None:
    packed = compress(TEXT, level=1)
    frames = Frames(io.BytesIO(packed[: int(len(packed) * share)]))
    read: list[bytes] = []
    with pytest.raises(EOFError):
        read.extend(iter(lambda: frames.read(1000), b""))
    assert TEXT.startswith(b"".join(read))


def test_what_is_no_frame_is_an_error() -> None:
    with pytest.raises(ZstdError):
        Frames(io.BytesIO(compress(TEXT) + b"no frame")).read()


def test_closing_closes_the_file() -> None:
    file = io.BytesIO(compress(TEXT))
    with Frames(file) as frames, pytest.raises(io.UnsupportedOperation):
        frames.seek(1)
    assert file.closed
