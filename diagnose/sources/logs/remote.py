"""Logs behind URLs: s3, gs, http and whatever else fsspec reads."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from diagnose.errors import SourceError


def is_remote(name: str) -> bool:
    """Whether a source is a URL."""
    return "://" in name


def expand(url: str) -> list[str]:
    """The files behind a URL, which may be a folder or hold wildcards; raises SourceError."""
    files, path = _located(url)
    try:
        if "*" in path:
            found = files.glob(path)
        elif files.protocol not in {"http", ("http", "https")} and files.isdir(path):
            found = files.find(path)
        else:
            return [url]
    except Exception as error:  # noqa: BLE001 - every file system has errors of its own
        raise _unreadable(url, error) from None
    return sorted(files.unstrip_protocol(each) for each in found)


def size_of(url: str) -> int | None:
    """Bytes of a remote file, None when its server does not tell; raises SourceError."""
    files, path = _located(url)
    try:
        size = files.size(path)
    except Exception as error:  # noqa: BLE001
        raise _unreadable(url, error) from None
    return int(size) if size is not None else None


def open_remote(url: str) -> BinaryIO:
    """A remote file; raises SourceError."""
    files, path = _located(url)
    try:
        return cast("BinaryIO", files.open(path, "rb"))
    except Exception as error:  # noqa: BLE001
        raise _unreadable(url, error) from None


def shown(name: str) -> str:
    """A source's name without the secrets that a URL may hold: user, password and query."""
    if not is_remote(name):
        return name
    scheme, _, rest = name.partition("://")
    place, slash, path = rest.partition("?")[0].partition("/")
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{path}"


def _located(url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise SourceError(
            f"cannot read {shown(url)}: fsspec is not installed", remedy="pip install 'diagnose[remote]'"
        ) from None
    try:
        files, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise _unreadable(url, error) from None
    return files, path


def _unreadable(url: str, error: Exception) -> SourceError:
    status = getattr(error, "status", None)  # the text of an error may hold the whole address
    why = f"{type(error).__name__} {status}" if status else type(error).__name__
    return SourceError(f"cannot read {shown(url)}: {why}", remedy=f"curl -sS '{shown(url)}' > app.log")
