"""Take the folders of the recording machine out of logs and profiles; a server would show others."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping

STRINGS = 6
"""Field number of `string_table` in profile.proto; a string may get another length, no other field refers to it."""


def text(data: bytes, places: Mapping[str, str]) -> bytes:
    """Replace each folder by what a server would have."""
    for here, there in places.items():
        data = data.replace(here.encode(), there.encode())
    return data


def profile(data: bytes, places: Mapping[str, str]) -> bytes:
    """The same for the strings of a gzipped pprof profile; what is empty or broken stays as it was."""
    try:
        fields = list(_fields(gzip.decompress(data)))
    except (EOFError, OSError, zlib.error, IndexError, ValueError):
        return data
    written = [
        tag + (_sized(text(content, places)) if number == STRINGS else head + content)
        for number, tag, head, content in fields
    ]
    return gzip.compress(b"".join(written), 9, mtime=0)


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes, bytes]]:
    """Number, tag, length prefix and content of each field of a message (protobuf wire format)."""
    at = 0
    while at < len(message):
        tag, begin = _varint(message, at)
        content, end = begin, begin
        if tag & 7 == 0:
            _, end = _varint(message, begin)
        elif tag & 7 == 2:
            size, content = _varint(message, begin)
            end = content + size
        else:
            end = begin + {1: 8, 5: 4}.get(tag & 7, len(message))
        if end > len(message):
            raise ValueError("cut short")
        yield tag >> 3, message[at:begin], message[begin:content], message[content:end]
        at = end


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _sized(content: bytes) -> bytes:
    size, prefix = len(content), bytearray()
    while size > 0x7F:
        prefix.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*prefix, size]) + content
