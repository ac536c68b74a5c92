"""Profiles from a running service that serves `/debug/pprof`."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from diagnose.errors import SourceError
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.profile import Profile
from diagnose.sources.profiles.decode import decode

_KINDS = ("heap", "allocs", "mutex", "block", "threadcreate", "goroutine", "goroutineleak")
_OPTIONAL = frozenset({"goroutineleak", "threadcreate", "allocs", "mutex", "block"})
_CONNECT_S, _READ_S, _LARGEST = 3.0, 20.0, 256 << 20
_OFFER = re.compile(r"href=['\"]?(?:[^'\">]*/)?(\w+)\?debug=")
_COUNT = re.compile(r"<td>\s*(\d+)\s*</td>\s*<td>\s*<a href=['\"]?(?:[^'\">]*/)?goroutine\?")
_CROWD = 50_000


def capture(
    url: str, *, seconds: float, progress: Callable[[str], None]
) -> tuple[tuple[Profile, ...], tuple[Gap, ...]]:
    """All profiles that the service at `url` offers, then `seconds` of CPU; raw bytes stay in each profile.

    Heap, allocs, mutex and block are copies of counters and are fetched side by side; goroutine stops the world for
    about 1-10 us a goroutine, so it comes alone, after its cost is said. A kind that fails becomes a gap.
    """
    base = _base(url)
    try:
        index = _get(base + "/", {}, _READ_S).decode("utf-8", "replace")
    except SourceError as error:
        return (), (Gap(Signal.PROFILE, str(error), f"curl -fsS '{base}/'"),)
    offered = set(_OFFER.findall(index))
    kinds = [kind for kind in _KINDS if kind in offered or (kind not in _OPTIONAL and not offered)]
    quiet = [kind for kind in kinds if not kind.startswith("goroutine")]
    with ThreadPoolExecutor(max_workers=3) as pool:
        results = list(pool.map(lambda kind: _fetch(base, kind, {}, _READ_S), quiet))
    progress(_cost(index))
    results += [_fetch(base, kind, {}, _READ_S) for kind in kinds if kind.startswith("goroutine")]
    if seconds > 0:
        progress(f"CPU profile of {base} for {seconds:g} s (100 samples a second, below 5 % of one core)")
        whole = max(int(seconds + 0.999), 1)
        results.append(_fetch(base, "profile", {"seconds": str(whole)}, whole + _READ_S))
    profiles = tuple(result for result in results if isinstance(result, Profile))
    return profiles, tuple(result for result in results if isinstance(result, Gap))


def _base(url: str) -> str:
    bare = url.split("?", maxsplit=1)[0].rstrip("/")
    return bare if "/debug/pprof" in bare else bare + "/debug/pprof"


def _cost(index: str) -> str:
    count = _COUNT.search(index)
    if count is None:
        return "goroutine profile: stops the service for about 1-10 us a goroutine"
    number = int(count[1])
    high = number * 10e-6
    note = "; a crowd, expect a pause that users notice" if number > _CROWD else ""
    return f"goroutine profile of {number} goroutines: stops the service for at most about {high:.3g} s{note}"


def _fetch(base: str, kind: str, query: dict[str, str], limit: float) -> Profile | Gap:
    address = f"{base}/{kind}" + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")
    try:
        return replace(decode(_get(f"{base}/{kind}", query, limit), address), source=address)
    except SourceError as error:
        return Gap(Signal.PROFILE, str(error), f"curl -fsS -o {kind}.pb.gz '{address}'")


def _get(address: str, query: dict[str, str], limit: float) -> bytes:
    import requests

    try:
        with requests.get(address, params=query, timeout=(_CONNECT_S, limit), stream=True) as answer:
            body = _body(answer, address)
            if answer.status_code != 200:
                said = body[:120].decode("utf-8", "replace").strip().replace("\n", " ")
                raise SourceError(f"{address}: answered {answer.status_code} ({said})")
            return body
    except requests.RequestException as error:
        raise SourceError(f"{address}: no answer ({type(error).__name__}); is the service up and pprof on?") from None


def _body(answer: Any, address: str) -> bytes:
    body = bytearray()
    for part in answer.iter_content(1 << 16):
        body += part
        if len(body) > _LARGEST:
            raise SourceError(f"{address}: more than 256 MiB; not read")
    return bytes(body)
