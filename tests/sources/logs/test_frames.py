"""Compressed files: several frames, zeros between them, and what breaks off."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import sys

import pytest

from diagnose.sources.logs.frames import Frames, frame_of

if sys.version_info >= (3, 14):
    from compression.zstd import compress
else:
    from backports.zstd import compress

TEXT = random.Random(3).randbytes(300_000).hex().encode()
SKIPPED = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"  # a frame of zstd that holds no text
PACK = {"gzip": gzip.compress, "zstd": compress, "xz": lzma.compress, "bz2": lambda text: bz2.compress(text, 1)}


def opened(kind: str, packed: bytes) -> Frames:
    return Frames(io.BytesIO(packed), frame_of(kind))


@pytest.mark.parametrize("kind", PACK)
def test_frames_are_read_one_after_the_other(kind: str) -> None:
    pack = PACK[kind]
    frames = opened(kind, pack(TEXT) + bytes(300_000) + pack(b"") + pack(b"end") + bytes(4))
    assert frames.read() == TEXT + b"end"
    frames.seek(0)
    assert frames.read(10) == TEXT[:10]


def test_frames_without_text_are_skipped() -> None:
    assert opened("zstd", SKIPPED + compress(TEXT) + SKIPPED + compress(b"end")).read() == TEXT + b"end"


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("share", [0.0001, 0.5, 0.99])
def test_a_frame_that_breaks_off_gives_what_is_there_and_says_so(kind: str, share: float) -> None:
    packed = PACK[kind](TEXT)
    frames, read = opened(kind, packed[: int(len(packed) * share)]), bytearray()
    with pytest.raises(EOFError):
        drain(frames, read)
    assert TEXT.startswith(read)
    assert len(read) >= len(TEXT) * (share - 0.25)  # nothing can be told of a block that is not complete


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("wrong", [b"no frame", b"\x1f\x8b no frame"])
def test_what_is_no_frame_is_an_error(kind: str, wrong: bytes) -> None:
    read = bytearray()
    with pytest.raises(Exception, match=r"(?i)frame|format|header|stream|invalid|wrapper|ends"):
        drain(opened(kind, PACK[kind](TEXT) + wrong), read)
    assert bytes(read) == TEXT


def test_what_was_changed_on_the_way_is_an_error() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1  # in the sum of all bytes
    with pytest.raises(Exception, match=r"(?i)checksum|crc"):
        opened("gzip", bytes(packed)).read()


def test_closing_closes_the_file() -> None:
    file = io.BytesIO(compress(TEXT))
    with Frames(file, frame_of("zstd")) as frames, pytest.raises(io.UnsupportedOperation):
        frames.seek(1)
    assert file.closed


def drain(frames: Frames, into: bytearray) -> None:
    while piece := frames.read(1000):
        into += piece
