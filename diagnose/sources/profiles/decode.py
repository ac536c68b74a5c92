"""Bytes of a profile in any known format to columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from diagnose.errors import SourceError
from diagnose.signals.profile import Profile
from diagnose.sources.profiles import protobuf
from diagnose.sources.profiles.pieces import taken_apart
from diagnose.sources.profiles.unpack import unpack

_JEMALLOC = b"heap_v2/"
_REMEDY = "curl -fsS -o profile.pb.gz http://HOST:PORT/debug/pprof/heap"


class ForeignError(SourceError):
    """The bytes are no profile at all, rather than a broken one."""


def decode(data: bytes, source: str, *, keep: bool = True) -> Profile:
    """The profile in `data`, told by its content; `source` only names it in errors.

    Known are pprof protobuf (plain, gzip or zstd), Go goroutine dumps as text (debug=1, debug=2, and what a panic
    prints), heap dumps of gperftools, thread dumps of HotSpot (text and JSON), Python and .NET, and
    collapsed stacks. `raw` keeps the bytes as given unless `keep` is false, which saves their memory. Raises
    SourceError.
    """
    if not data:
        raise SourceError(f"{source}: empty file, as a capture leaves that got no answer", remedy=_REMEDY)
    plain, raw = unpack(data, source), data if keep else b""
    del data  # of a large profile only one form is held at a time
    found = _parse(plain, source)
    del plain
    if not isinstance(found, Profile):
        try:
            found = protobuf.profile_of(found, source)
        except (ValueError, OverflowError) as error:
            raise SourceError(f"{source}: not a valid pprof profile ({error}); fetch it again") from None
    return replace(found, raw=raw)


def _parse(plain: bytes, source: str) -> Any:
    """A profile where the format leads to one directly, else a parsed envelope."""
    if not plain or plain.isspace():
        raise SourceError(f"{source}: holds nothing; fetch the profile again", remedy=_REMEDY)
    if not protobuf.begins(plain):
        try:
            found = _old(plain) or _text(plain, source)
        except (ValueError, OverflowError) as error:
            raise SourceError(f"{source}: a broken profile ({error}); fetch it again") from None
        if found is not None:
            return found
        if plain.startswith(_JEMALLOC):
            way = "jeprof --collapsed PROGRAM DUMP > heap.folded"
            raise SourceError(f"{source}: a heap dump of jemalloc, all addresses; name them with {way}", remedy=way)
        if _textual(plain):
            raise ForeignError(f"{source}: text in no known profile format; give a pprof file or a thread dump")
    try:
        return protobuf.parse(plain)
    except ValueError as error:
        kind = SourceError if protobuf.begins(plain) else ForeignError
        raise kind(f"{source}: not a valid pprof profile ({error}); fetch it again") from None


def _old(plain: bytes) -> Any:
    """The envelope of a format of before protobuf, None when it is none."""
    from diagnose.sources.profiles.legacy import binary, java, textual

    if binary.recognises(plain):
        return taken_apart(binary.read(plain).build())
    head = plain[:4096].decode("utf-8", "replace")
    if java.recognises(head):
        return taken_apart(java.read(plain.decode("utf-8", "replace")).build())
    if textual.recognises(head):
        return taken_apart(textual.read(plain.decode("utf-8", "replace")).build())
    return None


def _text(plain: bytes, source: str) -> Profile | None:
    """A dump of goroutines or threads, or collapsed stacks."""
    from diagnose.sources.profiles import collapsed, dumps, gotext, jvm, jvmjson

    readers = (gotext, jvm, jvmjson, dumps, collapsed)
    return next((reader.decode(plain, source) for reader in readers if reader.recognises(plain)), None)


def _textual(plain: bytes) -> bool:
    """Whether the beginning reads as text: protobuf profiles hold control bytes from the start."""
    return not any(byte < 9 or 13 < byte < 32 for byte in plain[:512])
