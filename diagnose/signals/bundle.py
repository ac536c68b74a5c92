"""Evidence as files and back: what an incident leaves behind, enough to diagnose it again anywhere.

The bytes are a function of the evidence alone, so that a replay can be compared with the run that saved it.
"""

from __future__ import annotations

import gzip
import io
import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np

from diagnose.errors import BundleError
from diagnose.signals.catalogue import Meaning
from diagnose.signals.changes import Change
from diagnose.signals.events import Level, LogDigest, LoggedRequests, LogSource, Pattern
from diagnose.signals.evidence import Evidence, Gap
from diagnose.signals.probes import Probe
from diagnose.signals.profile import Profile
from diagnose.signals.series import MetricType, Series
from diagnose.signals.talk import Hop, Voice
from diagnose.signals.window import Window

FORMAT = 1
MANIFEST, LOGS, METRICS, PROFILES = "manifest.json", "logs.json.gz", "metrics.json.gz", "profiles/"
MAX_BYTES = 1 << 30  # a saved part never inflates past this

Decode = Callable[[bytes, str], Profile]


class _Log(msgspec.Struct):
    window: Window
    bucket_s: float
    sources: tuple[LogSource, ...]
    levels: dict[str, list[int]]
    patterns: list[Pattern]
    requests: list[dict[str, Any]]
    masked: dict[str, int]
    first: float | None
    last: float | None
    voices: tuple[Voice, ...] = ()
    hops: tuple[Hop, ...] = ()


class _Series(msgspec.Struct):
    name: str
    labels: tuple[tuple[str, str], ...]
    type: MetricType
    times: list[float]
    values: list[float | None]


class _ProfileFile(msgspec.Struct):
    file: str
    source: str


class _Manifest(msgspec.Struct):
    format: int
    tool: str
    window: Window
    service: str
    select: str
    prometheus: str
    changes: tuple[Change, ...]
    gaps: tuple[Gap, ...]
    profiles: list[_ProfileFile]
    has_logs: bool
    probes: tuple[Probe, ...] = ()
    uses: tuple[tuple[str, str], ...] = ()
    meanings: tuple[Meaning, ...] = ()


def pack(evidence: Evidence, *, tool: str) -> dict[str, bytes]:
    """The files of a bundle by their names; `tool` is written into the manifest."""
    files = {f"{PROFILES}{i:03d}{_suffix(profile.raw)}": profile for i, profile in enumerate(evidence.profiles)}
    manifest = _Manifest(
        format=FORMAT,
        tool=tool,
        window=evidence.window,
        service=evidence.service,
        select=evidence.select,
        prometheus=evidence.prometheus,
        changes=evidence.changes,
        uses=evidence.uses,
        gaps=evidence.gaps,
        profiles=[_ProfileFile(name, profile.source) for name, profile in files.items()],
        has_logs=evidence.logs is not None,
        probes=evidence.probes,
        meanings=evidence.meanings,
    )
    packed = {MANIFEST: msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"}
    if evidence.logs is not None:
        packed[LOGS] = _zip(msgspec.json.encode(_log_out(evidence.logs)))
    if evidence.series:
        packed[METRICS] = _zip(msgspec.json.encode([_series_out(series) for series in evidence.series]))
    return packed | {name: profile.raw for name, profile in files.items()}


def unpack(files: Mapping[str, bytes], *, decode: Decode) -> Evidence:
    """The evidence of a bundle's files; `decode` reads a profile's bytes. Raises BundleError."""
    try:
        manifest = msgspec.json.decode(files[MANIFEST], type=_Manifest)
        if manifest.format != FORMAT:
            raise BundleError(f"bundle format {manifest.format} is not {FORMAT}; use the version that wrote it")
        logs = msgspec.json.decode(_unzip(files[LOGS]), type=_Log) if manifest.has_logs else None
        series = msgspec.json.decode(_unzip(files[METRICS]), type=list[_Series]) if METRICS in files else []
        profiles = tuple(decode(files[entry.file], entry.source) for entry in manifest.profiles)
    except KeyError as missing:
        raise BundleError(f"the bundle has no {missing.args[0]}; copy the whole folder") from None
    except (msgspec.DecodeError, OSError, EOFError, ValueError) as broken:
        raise BundleError(f"the bundle cannot be read: {broken}; save it again from the source") from None
    return Evidence(
        window=manifest.window,
        service=manifest.service,
        select=manifest.select,
        logs=_log_in(logs) if logs else None,
        series=tuple(_series_in(one) for one in series),
        profiles=profiles,
        changes=manifest.changes,
        uses=manifest.uses,
        probes=manifest.probes,
        gaps=manifest.gaps,
        prometheus=manifest.prometheus,
        meanings=manifest.meanings,
    )


def _suffix(raw: bytes) -> str:
    if raw[:2] == b"\x1f\x8b":
        return ".pb.gz"
    return ".txt" if raw[:9].isascii() and raw[:9].decode("ascii").isprintable() else ".pb"


def _zip(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=6, mtime=0)


def _unzip(data: bytes) -> bytes:
    plain = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MAX_BYTES + 1)
    if len(plain) > MAX_BYTES:
        raise BundleError("a part of the bundle inflates past 1 GiB; it is damaged or not a bundle")
    return plain


def _series_out(series: Series) -> _Series:
    values = series.values.tolist()
    if np.isnan(series.values).any():
        values = [None if math.isnan(value) else value for value in values]
    return _Series(series.name, series.labels, series.type, series.times.tolist(), values)


def _series_in(saved: _Series) -> Series:
    values = np.array(saved.values, dtype=np.float64)  # None becomes NaN
    return Series(saved.name, saved.labels, np.array(saved.times, dtype=np.float64), values, saved.type)


def _log_out(logs: LogDigest) -> _Log:
    requests = [
        {
            "endpoint": one.endpoint,
            "requests": one.requests.tolist(),
            "errors": one.errors.tolist(),
            "latency": [None if np.isnan(value) else value for value in one.latency.tolist()],
        }
        for one in logs.requests
    ]
    return _Log(
        window=logs.window,
        bucket_s=logs.bucket_s,
        sources=logs.sources,
        levels={level.value: counts.tolist() for level, counts in logs.levels.items()},
        patterns=list(logs.patterns),
        requests=requests,
        masked=dict(logs.masked),
        first=logs.first,
        last=logs.last,
        voices=logs.voices,
        hops=logs.hops,
    )


def _log_in(saved: _Log) -> LogDigest:
    requests = tuple(
        LoggedRequests(
            requests=np.array(one["requests"], dtype=np.int64),
            errors=np.array(one["errors"], dtype=np.int64),
            latency=np.array([np.nan if v is None else v for v in one["latency"]], dtype=np.float64),
            endpoint=one["endpoint"],
        )
        for one in saved.requests
    )
    return LogDigest(
        window=saved.window,
        bucket_s=saved.bucket_s,
        sources=saved.sources,
        levels={Level(name): np.array(counts, dtype=np.int64) for name, counts in saved.levels.items()},
        patterns=tuple(saved.patterns),
        requests=requests,
        masked=saved.masked,
        first=saved.first,
        last=saved.last,
        voices=saved.voices,
        hops=saved.hops,
    )
