"""A profile that is parsed piece by piece is the same profile."""

from __future__ import annotations

import pytest

from diagnose.sources.profiles import pieces, protobuf
from diagnose.sources.profiles import pprof_pb2 as pb
from diagnose.sources.profiles.pieces import parsed
from diagnose.sources.profiles.wire import apart
from tests.sources.profiles.made import anything


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("size", [1, 64, 1000])
def test_pieces_make_the_same_whole(seed: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_PIECE", size)
    data = anything(seed).bytes()
    data += b"\x50\x81\x80\x01" + b"\x79\x01\x02\x03\x04\x05\x06\x07\x08" + b"\x7d\x01\x02\x03\x04" + b"\xaa\x06\x02hi"
    whole, found = pb.Envelope.FromString(data), parsed(data)
    samples = list(whole.sample)
    whole.ClearField("sample")
    assert [wire for part in found.blocks for wire in apart(part)] == samples
    assert found.envelope == whole
    assert len(found.blocks) > 1 or len(data) <= size


@pytest.mark.parametrize("tail", [b"\x12", b"\x12\xff", b"\x12\x05a", b"\x0b\x0c", b"\x79\x01"])
def test_what_is_cut_short_is_left_to_protobuf(tail: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_PIECE", 64)
    data = anything(3).bytes() + tail
    try:
        whole = pb.Envelope.FromString(data)
    except Exception:  # noqa: BLE001 - protobuf's own
        with pytest.raises(ValueError, match=r"."):
            protobuf.parse(data)
    else:
        assert len(protobuf.parse(data).envelope.function) == len(whole.function)
