"""Own functions behind a resource: who calls an HTTP client, opens files, or talks to a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from diagnose.checks.profiles.locate import any_where, flags_of, name_of, place
from diagnose.checks.profiles.own import OwnCode, own_code, profiler
from diagnose.signals.profile import Profile, ProfileKind

Caller = tuple[str, str, float]
Path = tuple[str, ...]
_CLIENT = (
    "google.golang.org/grpc.(*ClientConn).",
    "net/http.(*Client).",
    "net/http.(*Transport).RoundTrip",
    "net/http.(*Transport).roundTrip",
    "net/http.Get",
    "net/http.Post",
)
_ROUND_TRIP = ("net/http.(*persistConn).roundTrip",)
_BODY_READ = ("net/http.(*body).Read", "net/http.(*bodyEOFSignal).Read")
_DIALS = ("net/http.(*Transport).getConn", "net/http.(*Transport).dial", "net.(*Dialer).", "net.Dial")
_FILES = (
    "net.(*Dialer).",
    "net.Dial",
    "os.Create",
    "os.Open",
    "os.Pipe",
    "os.ReadDir",
    "os.newFile",
)
_OPEN_FAILED = ("io/fs.(*PathError).",)
_DATABASE = (
    "database/sql.",
    "github.com/jackc/pgx",
    "github.com/redis/go-redis",
    "go.mongodb.org/mongo-driver",
    "gorm.io/gorm.",
)
_VOTES = {
    ProfileKind.HEAP: 2.0,  # what is still held
    ProfileKind.GOROUTINE: 2.0,
    ProfileKind.BLOCK: 1.0,
    ProfileKind.ALLOCS: 1.0,
    ProfileKind.CPU: 0.5,
    ProfileKind.MUTEX: 0.5,
}
_COLUMNS = {ProfileKind.HEAP: "inuse_objects", ProfileKind.ALLOCS: "alloc_objects", ProfileKind.BLOCK: "contentions"}
_CALLS_BACK = ("net.(*Resolver).", "net/http.(*Transport).")  # an own dialer below is not who asked to connect
_PER_EVENT = {  # what one sampled event stands for: half a MiB of small objects, 10 ms, a wait long enough to count
    ProfileKind.HEAP: 5_000.0,
    ProfileKind.ALLOCS: 5_000.0,
    ProfileKind.CPU: 10_000_000.0,
    ProfileKind.MUTEX: 100_000.0,
}
_FEW = 10.0
_UNCHANGED = 0.3
_DEPTH = 6


@dataclass(slots=True)
class _Ballot:
    """Weights by path of own functions, innermost first, of all profiles together."""

    gain: dict[Path, float] = field(default_factory=dict)
    use: dict[Path, float] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def callers_of_http_client(profiles: Sequence[Profile], *, own: OwnCode | None = None) -> list[Caller]:
    """Own functions that call an HTTP or gRPC client, with location and weight 0..1, heaviest first.

    Those that make connections anew weigh most: who reuses connections does not leak them. A wrapper gives way to that
    caller of it which leaves more bodies unread than it used to.
    """
    own = own or own_code(profiles)
    found = callers(profiles, _CLIENT, own=own, telling=_DIALS)
    careless = _careless(profiles, own, found[0][0]) if found else None
    return [(*careless, found[0][2]), *found[1:]] if careless else found


def _careless(profiles: Sequence[Profile], own: OwnCode, wrapper: str) -> tuple[str, str] | None:
    """The caller of a wrapper that reads fewer bodies for its calls than in the baseline.

    The block profile counts the waits for answers and for bodies alike. A third less, and twenty calls, is the least.
    """
    blocks = sorted((p for p in profiles if p.kind is ProfileKind.BLOCK), key=lambda p: p.taken_at or float("inf"))
    if len(blocks) < 2:
        return None
    places: dict[str, str] = {}
    calls, calls_now = (_paths(profile, (own, _ROUND_TRIP), places) for profile in (blocks[0], blocks[-1]))
    reads, reads_now = (_paths(profile, (own, _BODY_READ), places) for profile in (blocks[0], blocks[-1]))
    found: dict[str, float] = {}
    for name in sorted({path[0] for path in reads if path[0] != wrapper}):
        before = _through(calls, name, wrapper)
        expected = (_through(calls_now, name, wrapper) - before) * min(_through(reads, name) / max(before, 1.0), 1.0)
        unread = expected - (_through(reads_now, name) - _through(reads, name))
        if unread >= max(20.0, 0.33 * expected):
            found[name] = unread
    best = max(found, key=lambda name: found[name], default=None)
    return (best, places[best]) if best else None


def openers_of_files(profiles: Sequence[Profile], *, own: OwnCode | None = None) -> list[Caller]:
    """Own functions that open files or sockets, as `callers_of_http_client`; else those that report a failed open."""
    return callers(profiles, _FILES, own=own) or callers(profiles, _OPEN_FAILED, own=own)


def callers_of_database(profiles: Sequence[Profile], *, own: OwnCode | None = None) -> list[Caller]:
    """Own functions that use a database client, as `callers_of_http_client`."""
    return callers(profiles, _DATABASE, own=own)


def callers(
    profiles: Sequence[Profile],
    targets: tuple[str, ...],
    *,
    own: OwnCode | None = None,
    telling: tuple[str, ...] = (),
) -> list[Caller]:
    """Own functions above the targets in any stack; stacks that pass through `telling` vote once more, and more.

    Each kind of profile has a vote, split by what its stacks gained from its first to its last snapshot: counters such
    as allocations only say something of the incident by their growth. A wrapper that everybody uses gives way to its
    caller when one of them makes up most of the gain and less of the use.
    """
    own = own or own_code(profiles)
    ballot = _Ballot()
    for kind, weight in _VOTES.items():
        of_kind = sorted((p for p in profiles if p.kind is kind), key=lambda p: p.taken_at or float("inf"))
        if of_kind:
            _vote(ballot, of_kind[0], of_kind[-1], (own, targets), weight)
            if telling:
                _vote(ballot, of_kind[0], of_kind[-1], (own, telling), 3 * weight)
    weights: dict[str, float] = {}
    for path, gain in ballot.gain.items():
        name = _specific(path, ballot)
        weights[name] = weights.get(name, 0.0) + gain
    whole = sum(weights.values()) or 1.0
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return [(name, ballot.places[name], round(weight / whole, 4)) for name, weight in ranked if weight > 0]


def _vote(
    ballot: _Ballot, first: Profile, last: Profile, question: tuple[OwnCode, tuple[str, ...]], weight: float
) -> None:
    now = _paths(last, question, ballot.places)
    then = _paths(first, question, ballot.places) if first is not last else {}
    gains = {path: max(value - then.get(path, 0.0), 0.0) for path, value in now.items()}
    if not sum(gains.values()):  # nothing new was seen: who was there before may be meant, with less certainty
        gains, weight = dict(now), weight * _UNCHANGED
    if not sum(gains.values()):  # allocations since the last collection have stacks and no values yet
        gains = dict.fromkeys(now, 1.0)
    events = sum(gains.values()) / _PER_EVENT.get(last.kind, 1.0)
    _add(ballot.gain, gains, weight * events / (events + _FEW))
    _add(ballot.use, now, weight)


def _add(target: dict[Path, float], values: Mapping[Path, float], weight: float) -> None:
    whole = sum(values.values())
    for path, value in values.items():
        if value > 0:
            target[path] = target.get(path, 0.0) + weight * value / whole


def _specific(path: Path, ballot: _Ballot) -> str:
    """The innermost function, or its caller when that has two thirds of the gain, and less of the use."""
    at = 0
    while at + 1 < len(path):
        gain, use = _through(ballot.gain, path[at]), _through(ballot.use, path[at])
        above_gain, above_use = _through(ballot.gain, path[at : at + 2]), _through(ballot.use, path[at : at + 2])
        if not use or not gain or above_gain < 0.65 * gain or above_use / use > 0.95 * above_gain / gain:
            break
        at += 1
    return path[at]


def _through(paths: Mapping[Path, float], *names: str | Path) -> float:
    wanted = tuple(part for name in names for part in ((name,) if isinstance(name, str) else name))
    return sum(value for path, value in paths.items() if all(name in path for name in wanted))


def _paths(profile: Profile, question: tuple[OwnCode, tuple[str, ...]], places: dict[str, str]) -> dict[Path, float]:
    own, targets = question
    found: dict[Path, float] = {}
    if not profile.samples:
        return found
    names = [item.type for item in profile.sample_types]
    wanted = _COLUMNS.get(profile.kind, "")
    column = names.index(wanted) if wanted in names else profile.default_type
    for sample in np.flatnonzero(any_where(profile, flags_of(profile, targets))):
        stack = profile.stack(int(sample))
        if profiler(stack):
            continue
        outermost = max(i for i, frame in enumerate(stack) if frame.function.startswith((*targets, *_CALLS_BACK)))
        ours = [frame for frame in stack[outermost + 1 :] if own(frame)][:_DEPTH]
        for frame in ours:
            places.setdefault(name_of(frame), place(frame))
        if ours:
            path = tuple(name_of(frame) for frame in ours)
            found[path] = found.get(path, 0.0) + float(profile.values[sample, column])
    return found
