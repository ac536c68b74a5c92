"""pprof protobuf: what is read, what is refused, and that the fast way agrees with the plain one."""

from __future__ import annotations

import gzip
import random

import numpy as np
import pytest

from diagnose.errors import SourceError
from diagnose.signals.profile import ProfileKind
from diagnose.sources.profiles import pprof_pb2 as pb
from diagnose.sources.profiles.decode import decode
from diagnose.sources.profiles.wire import block, column_of, columns
from tests.sources.profiles.made import Made, anything

HEAP = [("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"), ("inuse_space", "bytes")]
DELAY = [("contentions", "count"), ("delay", "nanoseconds")]


@pytest.mark.parametrize(
    ("types", "default", "leaf", "kind"),
    [
        (HEAP, "inuse_space", "main.f", ProfileKind.HEAP),
        (HEAP, "alloc_space", "main.f", ProfileKind.ALLOCS),
        ([("samples", "count"), ("cpu", "nanoseconds")], "", "main.f", ProfileKind.CPU),
        ([("goroutine", "count")], "", "runtime.gopark", ProfileKind.GOROUTINE),
        ([("goroutineleak", "count")], "", "runtime.gopark", ProfileKind.GOROUTINE_LEAK),
        ([("threadcreate", "count")], "", "runtime.mstart", ProfileKind.THREADCREATE),
        (DELAY, "", "sync.(*Mutex).Unlock", ProfileKind.MUTEX),
        (DELAY, "", "sync.(*RWMutex).RUnlock", ProfileKind.MUTEX),
        (DELAY, "", "runtime.unlock", ProfileKind.MUTEX),
        (DELAY, "", "sync.(*Mutex).Lock", ProfileKind.BLOCK),
        (DELAY, "", "runtime.chanrecv1", ProfileKind.BLOCK),
        (DELAY, "", "runtime.selectgo", ProfileKind.BLOCK),
        ([("weather", "celsius")], "", "main.f", ProfileKind.OTHER),
        ([("objects", "count"), ("space", "bytes")], "", "shop::remember", ProfileKind.HEAP),
        ([("cpu-time", "nanoseconds"), ("wall-time", "nanoseconds")], "", "main.f", ProfileKind.CPU),
        ([("sample", "count"), ("wall", "nanoseconds")], "", "handler", ProfileKind.OTHER),
    ],
)
def test_the_kind_is_told_from_the_content(
    types: list[tuple[str, str]], default: str, leaf: str, kind: ProfileKind
) -> None:
    made = Made(types, default=default).add([leaf, "main.caller"], [1] * len(types))
    assert decode(made.bytes(), "x").kind is kind


def test_wall_time_is_cpu_time_where_one_thread_runs_all() -> None:
    made = Made([("sample", "count"), ("wall", "nanoseconds")]).add([[("handler", "/srv/app.js", 3)]], [1, 10])
    assert decode(made.bytes(), "x").kind is ProfileKind.CPU


@pytest.mark.parametrize(
    ("frames", "producer"),
    [
        ([("shop::total", "Unknown", 0), ("std::rt::lang_start", "Unknown", 0), ("memcpy", "string.S", 9)], "rust"),
        ([("shop::Cache::remember", "cache.cc", 7), ("__libc_start_main", "libc-start.c", 3)], "native"),
        ([("main.main", "/app/main.go", 7), ("sqlite3_step", "sqlite3.c", 3), ("step", "sqlite3.c", 3)], "go"),
    ],
)
def test_the_runtime_is_told_from_the_frames(frames: list[tuple[str, str, int]], producer: str) -> None:
    made = Made([("samples", "count")]).add([[frame] for frame in frames], [1])
    assert decode(made.bytes(), "x").producer == producer


def test_a_contention_profile_without_samples_is_of_no_kind() -> None:
    assert decode(Made(DELAY).bytes(), "x").kind is ProfileKind.OTHER


def test_stacks_values_times_and_labels_come_through() -> None:
    # GIVEN a sample with an inlined location and a label
    made = Made(
        [("samples", "count"), ("cpu", "nanoseconds")], time_ns=1_700_000_000_500_000_000, duration_ns=2 * 10**9
    )
    made.add([[("main.in", "/src/a.go", 3), ("main.out", "/src/a.go", 9)], "main.main"], [2, -20], {"thread": "t1"})
    # WHEN it is read, compressed
    raw = gzip.compress(made.bytes())
    profile = decode(raw, "cpu.pb.gz")
    # THEN inlined frames are expanded, innermost first, and nothing is lost
    assert [(f.function, f.file, f.line) for f in profile.stack(0)] == [
        ("main.in", "/src/a.go", 3),
        ("main.out", "/src/a.go", 9),
        ("main.main", "/src/main.main.go", 1),
    ]
    assert profile.values.tolist() == [[2, -20]]
    assert profile.labels == ((("thread", "t1"),),)
    assert (profile.taken_at, profile.duration_s, profile.raw) == (1_700_000_000.5, 2.0, raw)


@pytest.mark.parametrize("seed", range(60))
def test_the_fast_way_agrees_with_the_plain_way(seed: int) -> None:
    envelope = pb.Envelope.FromString(anything(seed).bytes())
    plain = column_of(envelope.sample)
    fast = list(columns([block(envelope.sample)]))
    assert np.concatenate([c.locations for c in fast] or [np.zeros(0)]).tolist() == plain.locations.tolist()
    assert np.concatenate([c.values for c in fast] or [np.zeros(0)]).tolist() == plain.values.tolist()
    assert np.concatenate([c.location_counts for c in fast] or [np.zeros(0)]).tolist() == plain.location_counts.tolist()
    assert [wire for c in fast for _, wire in c.labels] == [wire for _, wire in plain.labels]


def test_many_chunks_decode_in_order() -> None:
    made = Made([("samples", "count")])
    for i in range(60_000):
        made.samples.append(([[(f"f{i % 97}", "", 0)]] * (i % 40), [i], {}))
    profile = decode(made.bytes(), "x")
    assert profile.values[:, 0].tolist() == list(range(60_000))
    assert np.diff(profile.stack_offsets).tolist() == [i % 40 for i in range(60_000)]


@pytest.mark.parametrize("cut", [1, 7, 40, 60])
def test_a_truncated_file_is_refused_with_a_reason(cut: int) -> None:
    data = Made([("samples", "count")]).add(["a", "b"] * 50, [1]).bytes()
    with pytest.raises(SourceError, match=r"x: .*(valid|format)"):
        decode(data[: len(data) - cut], "x")
    with pytest.raises(SourceError, match=r"x: .*gzip"):
        decode(gzip.compress(data)[:-cut], "x")


def _broken(change: str) -> bytes:
    made = pb.Envelope.FromString(Made([("samples", "count")]).add(["a"], [1]).bytes())
    if change == "no types":
        del made.sample_type[:]
    elif change == "two values":
        made.sample[0] = pb.Sample(location_id=[1], value=[1, 2]).SerializeToString()
    elif change == "unknown location":
        made.sample[0] = pb.Sample(location_id=[99], value=[1]).SerializeToString()
    elif change == "unknown function":
        made.location[0] = pb.Location(id=1, line=[pb.Line(function_id=7)]).SerializeToString()
    elif change == "location zero":
        made.location[0] = pb.Location(id=0).SerializeToString()
    elif change == "same location twice":
        made.location.append(made.location[0])
    elif change == "string out of the table":
        made.function[0] = pb.Function(id=1, name=1000).SerializeToString()
    elif change == "sample of noise":
        made.sample[0] = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    return made.SerializeToString()


@pytest.mark.parametrize(
    "change",
    [
        "no types",
        "two values",
        "unknown location",
        "unknown function",
        "location zero",
        "same location twice",
        "string out of the table",
        "sample of noise",
    ],
)
def test_contradictions_are_refused(change: str) -> None:
    with pytest.raises(SourceError, match="not a valid pprof profile"):
        decode(_broken(change), "x")


def test_ids_may_be_sparse_and_huge() -> None:
    made = pb.Envelope.FromString(Made([("samples", "count")]).add(["a", "b"], [1]).bytes())
    for i, number in enumerate((2**64 - 1, 5)):
        location = pb.Location.FromString(made.location[i])
        location.id = number
        made.location[i] = location.SerializeToString()
    made.sample[0] = pb.Sample(location_id=[2**64 - 1, 5], value=[1]).SerializeToString()
    assert [frame.function for frame in decode(made.SerializeToString(), "x").stack(0)] == ["a", "b"]


def test_bytes_that_are_no_text_stay_readable() -> None:
    data = Made([("samples", "count")]).add(["caf\u00e9"], [1]).bytes().replace("\u00e9".encode(), b"\xff\xfe")
    assert decode(data, "x").frames[0].function == "caf\ufffd\ufffd"


@pytest.mark.parametrize("payload", [b"\0", b"\x12\x00", b"goroutine 1 [running]:\nmain.f()\n\t/a.go:1\n\n"])
def test_a_bomb_is_not_blown_up(payload: bytes) -> None:
    bomb = gzip.compress(payload * (90_000_000 // len(payload)), 9)
    with pytest.raises(SourceError, match="beyond any plausible profile"):
        decode(bomb, "x")


def test_random_damage_never_crashes() -> None:
    dice = random.Random(5)
    whole = anything(11).bytes()
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            profile = decode(bytes(data), "x")
        except SourceError:
            continue
        assert len(profile.stack_frames) == profile.stack_offsets[-1]


@pytest.mark.parametrize(("lines", "samples"), [(60_000, 30_000), (400, 500_000)])
def test_inlined_frames_cannot_unfold_without_bound(lines: int, samples: int) -> None:
    """A location with many inlined calls in many samples: a few kilobytes that would take gigabytes."""
    envelope = pb.Envelope.FromString(Made([("samples", "count")]).add(["main.f"], [1]).bytes())
    place = pb.Location.FromString(envelope.location[0])
    place.line.extend([place.line[0]] * lines)
    envelope.location[0] = place.SerializeToString()
    envelope.sample.extend([envelope.sample[0]] * samples)
    with pytest.raises(SourceError, match=r"inlined calls|far more frames"):
        decode(gzip.compress(envelope.SerializeToString(), 1), "bomb")


def bomb(field: bytes, times: int) -> bytes:
    """A profile of one sample, and one more field many times."""
    return Made([("samples", "count")]).add(["main.f"], [1]).bytes() + field * times


@pytest.mark.parametrize(
    ("field", "times", "told"),
    [
        (b"\x1a\x00", 1 << 17, "131072 entries of mapping"),
        (b"\x0a\x00", 1 << 11, "2049 entries of sample_type"),
        (b"\x22\x82\x80\x80\x02" + b"\x22\x00" * (1 + (1 << 21)), 1, "a message of 4194306 bytes"),
        (b"\x12\x82\x80\x80\x02" + b"\x1a\x00" * (1 + (1 << 21)), 1, "a message of 4194306 bytes"),
    ],
    ids=["mappings", "types", "inlined lines", "labels of one sample"],
)
def test_millions_of_empty_parts_are_refused_before_they_take_memory(field: bytes, times: int, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        decode(bomb(field, times), "x")


def test_empty_labels_say_nothing() -> None:
    profile = decode(bomb(b"\x12\x0a\x0a\x01\x01\x12\x01\x01" + b"\x1a\x00\x1a\x00", 100), "x")
    assert (profile.samples, profile.labels) == (101, ())
