"""Own functions behind a resource: who calls an HTTP client, opens files, or talks to a database."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnose.checks.profiles.locate import any_where, flags_of, place
from diagnose.checks.profiles.own import OwnCode, own_code, profiler
from diagnose.signals.profile import Profile, ProfileKind

Caller = tuple[str, str, float]
_CLIENT = (
    "net/http.(*Client).",
    "net/http.(*Transport).RoundTrip",
    "net/http.(*Transport).roundTrip",
    "net/http.Get",
    "net/http.Post",
    "google.golang.org/grpc.(*ClientConn).",
)
_FILES = (
    "io/fs.(*PathError).",  # the error of an open that failed
    "net.(*Dialer).",
    "net.Dial",
    "os.Create",
    "os.Open",
    "os.Pipe",
    "os.ReadDir",
    "os.newFile",
)
_DATABASE = (
    "database/sql.",
    "github.com/jackc/pgx",
    "github.com/redis/go-redis",
    "go.mongodb.org/mongo-driver",
    "gorm.io/gorm.",
)


def callers_of_http_client(profiles: Sequence[Profile], *, own: OwnCode | None = None) -> list[Caller]:
    """Own functions that call an HTTP or gRPC client, with location and weight 0..1, heaviest first."""
    return callers(profiles, _CLIENT, own=own)


def openers_of_files(profiles: Sequence[Profile], *, own: OwnCode | None = None) -> list[Caller]:
    """Own functions that open files or sockets, as `callers_of_http_client`."""
    return callers(profiles, _FILES, own=own)


def callers_of_database(profiles: Sequence[Profile], *, own: OwnCode | None = None) -> list[Caller]:
    """Own functions that use a database client, as `callers_of_http_client`."""
    return callers(profiles, _DATABASE, own=own)


def callers(profiles: Sequence[Profile], targets: tuple[str, ...], *, own: OwnCode | None = None) -> list[Caller]:
    """Own functions right above the targets in any stack.

    Each kind of profile has one vote, split by what its stacks gained from its first to its last snapshot: counters
    such as allocations only say something of the incident by their growth.
    """
    own = own or own_code(profiles)
    weights: dict[str, float] = {}
    places: dict[str, str] = {}
    for kind in ProfileKind:
        of_kind = sorted((p for p in profiles if p.kind is kind), key=lambda p: p.taken_at or float("inf"))
        if not of_kind:
            continue
        rows = [_rows(profile, targets, own, places) for profile in (of_kind[0], of_kind[-1])]
        first = rows[0] if len(of_kind) > 1 else {}
        gains = {name: max(value - first.get(name, 0.0), 0.0) for name, value in rows[1].items()}
        total = sum(gains.values()) or 1.0
        for name, gain in gains.items():
            weights[name] = weights.get(name, 0.0) + gain / total
    whole = sum(weights.values()) or 1.0
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return [(name, places[name], round(weight / whole, 4)) for name, weight in ranked if weight > 0]


def _rows(profile: Profile, targets: tuple[str, ...], own: OwnCode, places: dict[str, str]) -> dict[str, float]:
    if not profile.samples:
        return {}
    flags = flags_of(profile, targets)
    found: dict[str, float] = {}
    column = 0 if profile.kind in (ProfileKind.HEAP, ProfileKind.ALLOCS) else profile.default_type
    for sample in np.flatnonzero(any_where(profile, flags)):
        stack = profile.stack(int(sample))
        if profiler(stack):
            continue
        outermost = max(i for i, frame in enumerate(stack) if frame.function.startswith(targets))
        caller = own.first(stack[outermost + 1 :])
        if caller is not None:
            found[caller.function] = found.get(caller.function, 0.0) + float(profile.values[sample, column])
            places.setdefault(caller.function, place(caller))
    return found
