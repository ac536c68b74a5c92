"""Compressed bytes to plain bytes, with a bound that no bomb gets past."""

from __future__ import annotations

import sys
from typing import Any

from diagnose.errors import SourceError

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_FLOOR, _RATIO, _CEILING = 64 << 20, 64, 2 << 30


def unpack(data: bytes, source: str) -> bytes:
    """Plain bytes of gzip, zstd or already plain data.

    The bound is 64 MiB plus 64 times the input, at most 2 GiB: protobuf profiles compress to a tenth at best and text
    dumps of equal stacks to a fiftieth, while a deflate bomb reaches a thousand. Raises SourceError.
    """
    bound = min(_FLOOR + _RATIO * len(data), _CEILING)
    if data.startswith(_GZIP):
        return _gunzip(data, source, bound=bound)
    if data.startswith(_ZSTD):
        return _unzstd(data, source, bound=bound)
    return data


def _gunzip(data: bytes, source: str, *, bound: int) -> bytes:
    isal_zlib = _isal_module()

    parts: list[bytes] = []
    while data.startswith(_GZIP):
        stream = isal_zlib.decompressobj(wbits=31)
        try:
            part = stream.decompress(data, bound + 1)
        except isal_zlib.error as error:
            raise SourceError(f"{source}: broken gzip ({error}); fetch the profile again") from None
        parts.append(part)
        bound -= len(part)
        _within(bound, source)
        if not stream.eof:
            raise SourceError(f"{source}: the gzip stream ends early (truncated file); fetch the profile again")
        data = stream.unused_data
    return b"".join(parts)


def _unzstd(data: bytes, source: str, *, bound: int) -> bytes:
    zstd = _zstd_module()
    parts: list[bytes] = []
    while data.startswith(_ZSTD):
        stream = zstd.ZstdDecompressor()
        try:
            part = stream.decompress(data, max_length=bound + 1)
        except zstd.ZstdError as error:
            raise SourceError(f"{source}: broken zstd ({error}); fetch the profile again") from None
        parts.append(part)
        bound -= len(part)
        _within(bound, source)
        if not stream.eof:
            raise SourceError(f"{source}: the zstd stream ends early (truncated file); fetch the profile again")
        data = stream.unused_data
    return b"".join(parts)


def _isal_module() -> Any:
    from isal import isal_zlib

    return isal_zlib


def _zstd_module() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _within(left: int, source: str) -> None:
    if left < 0:
        raise SourceError(f"{source}: grows beyond any plausible profile when decompressed; not read")
