"""Profiles as text: goroutine dumps, thread dumps, collapsed stacks and the legacy formats."""

from __future__ import annotations

import struct

import pytest

from diagnose.errors import SourceError
from diagnose.signals.profile import Profile, ProfileKind
from diagnose.sources.profiles.decode import ForeignError, decode
from diagnose.sources.profiles.legacy.memorymap import regions
from diagnose.sources.profiles.legacy.textual import unsampled
from diagnose.sources.profiles.names import simplified

DEBUG1 = b"""goroutine profile: total 31
30 @ 0x438bb6 0x4481be 0x448195 0x4629e5 0x46bcc5 0x4662c1
#	0x4629e4	sync.runtime_SemacquireMutex+0x24	/go/src/runtime/sema.go:77
#	0x46bcc4	main.(*Store).Put+0x164			/app/store.go:17
# labels: {"tenant":"a"}
1 @ 0x42e3d6 0x461445 0x4662c1
"""
DEBUG2 = b"""goroutine 1 [IO wait]:
internal/poll.runtime_pollWait(0x7ff609e0f868, 0x72)
\t/go/src/runtime/netpoll.go:305 +0x89
main.main()
\t/app/main.go:39 +0x65e

goroutine 19 gp=0xc00012 m=nil [chan receive, 7 minutes, locked to thread]:
main.worker({0xc000, 0x2}, 0x1)
\t/app/main.go:12 +0x1d3 fp=0x1 sp=0x2 pc=0x3
created by main.start in goroutine 1
\t/app/main.go:8 +0x25

goroutine 21 [semacquire]:
sync.runtime_SemacquireMutex(0x0?, 0x0?, 0x0?)
\t/go/src/runtime/sema.go:77 +0x25
sync.(*Mutex).lockSlow(0xc000018150)
\t/go/src/sync/mutex.go:171 +0x165
sync.(*Mutex).Lock(...)
\t/go/src/sync/mutex.go:90
main.f[...](0x1)
\t/app/f.go:4 +0x1
...additional frames elided...
created by main.start
\t/app/main.go:9 +0x25
"""
JSTACK = b"""2025-12-22 16:10:50
Full thread dump OpenJDK 64-Bit Server VM (25+36-LTS mixed mode, sharing):

"pool-1-thread-1" #12 [99] prio=5 os_prio=31 cpu=862.27ms elapsed=12.36s tid=0x1 nid=5 waiting for monitor entry [0x1]
   java.lang.Thread.State: BLOCKED (on object monitor)
\tat com.acme.Bank.move(Bank.java:31)
\t- waiting to lock <0x00000007ab> (a java.lang.Object)
\t- locked <0x00000007aa> (a java.lang.Object)
\tat java.lang.Thread.run(java.base@25/Thread.java:1474)

   Locked ownable synchronizers:
\t- <0x0000000528> (a java.util.concurrent.ThreadPoolExecutor$Worker)

"waiter" #13 daemon prio=5 tid=0x2 nid=6 in Object.wait() [0x2]
   java.lang.Thread.State: WAITING (on object monitor)
\tat java.lang.Object.wait0(java.base@25/Native Method)
\t- waiting on <0x00000007ac> (a java.lang.Object)
\tat com.acme.Queue.take(Queue.kt:7)
\t- locked <0x00000007ac> (a java.lang.Object)

"VM Thread" os_prio=31 cpu=0.5ms elapsed=21s tid=0x3 nid=1 runnable

Found one Java-level deadlock:
=============================
"pool-1-thread-1":
  waiting to lock monitor 0x1 (object 0x00000007ab, a java.lang.Object),
  which is held by "other"

Java stack information for the threads listed above:
"""


def labels(profile: Profile, sample: int) -> dict[str, str]:
    return dict(profile.labels[sample])


def test_counted_goroutines_keep_groups_and_say_how_many_frames_are_hidden() -> None:
    profile = decode(DEBUG1, "x")
    assert (profile.kind, profile.values[:, 0].tolist()) == (ProfileKind.GOROUTINE, [30, 1])
    assert [(f.function, f.file, f.line) for f in profile.stack(0)][1] == ("main.(*Store).Put", "/app/store.go", 17)
    assert [labels(profile, i)["hidden"] for i in range(2)] == ["4", "3"]
    assert profile.stack(1)[0].function == ""


def test_dumped_goroutines_keep_state_wait_creator_and_lock() -> None:
    profile = decode(DEBUG2, "x")
    assert profile.samples == 3
    assert labels(profile, 0) == {"state": "IO wait", "id": "1"}
    assert labels(profile, 1) == {
        "state": "chan receive",
        "wait_s": "420",
        "creator": "main.start /app/main.go:8",
        "id": "19",
    }
    assert labels(profile, 2)["lock"] == "0xc000018150"
    assert profile.stack(1)[0].function == "main.worker"
    assert profile.stack(2)[-1].function == "main.f[...]"


def test_equal_goroutines_are_counted_together() -> None:
    block = b"goroutine %d [select]:\nmain.f()\n\t/a.go:1 +0x1\n\n"
    profile = decode(b"".join(block % i for i in range(1, 501)), "x")
    assert (profile.samples, profile.values.tolist(), labels(profile, 0)["id"]) == (1, [[500]], "500")


def test_a_panic_inside_a_log_is_a_dump_too() -> None:
    assert decode(b"2024/01/01 starting\npanic: boom\n\n" + DEBUG2, "x").samples == 3


def test_threads_keep_locks_holdings_and_the_jvms_own_verdict() -> None:
    profile = decode(JSTACK, "x")
    assert (profile.kind, profile.samples, profile.taken_at) == (ProfileKind.THREADS, 3, None)
    first = labels(profile, 0)
    assert first["state"] == "BLOCKED (on object monitor)"
    assert (first["lock"], first["lock_class"]) == ("0x00000007ab", "java.lang.Object")
    assert first["holds"] == "0x00000007aa,0x0000000528"
    assert (first["cpu_s"], first["elapsed_s"], first["deadlock"]) == ("0.86227", "12.36", "1")
    assert [(f.function, f.file, f.line) for f in profile.stack(0)] == [
        ("com.acme.Bank.move", "Bank.java", 31),
        ("java.lang.Thread.run", "Thread.java", 1474),
    ]
    # a thread in Object.wait has given the monitor back
    assert "holds" not in labels(profile, 1)
    assert labels(profile, 2)["state"] == "runnable"


def test_collapsed_stacks_are_read_from_the_root() -> None:
    profile = decode(b"main;work (app.py:7);hash 42\nmain;idle 1\n", "x")
    assert [f.function for f in profile.stack(0)] == ["hash", "work", "main"]
    assert (profile.stack(0)[1].file, profile.stack(0)[1].line) == ("app.py", 7)
    assert profile.values.tolist() == [[42], [1]]


@pytest.mark.parametrize(
    "text",
    [b"{}", b"a log line 12\nanother line 13\n", b"root:x:0:0\n", b"# HELP x\nx 1\n", b"\x89PNG\r\n\x1a\n\0\0\0"],
)
def test_what_is_no_profile_is_foreign(text: bytes) -> None:
    with pytest.raises(ForeignError):
        decode(text, "x")


@pytest.mark.parametrize("text", [b"", b"\n \n", b"goroutine profile: total 0\n"])
def test_nothing_inside_is_broken_not_foreign(text: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        decode(text, "x")
    assert not isinstance(caught.value, ForeignError)


def words(kind: str, *values: int) -> bytes:
    return struct.pack(f"{kind[0]}{len(values)}{kind[1]}", *values)


MAPS = b"00400000-00500000: /bin/server\n7f0000-7f1000 r-xp 00000000 08:01 1 /lib/libc.so\n"


@pytest.mark.parametrize("kind", ["<I", ">I", "<Q", ">Q"])
def test_cpu_words_of_any_size_and_order(kind: str) -> None:
    data = words(kind, 0, 3, 0, 10000, 0, 5, 2, 0x401000, 0x402000, 7, 1, 0x7F0010, 0, 1, 0) + MAPS
    profile = decode(data, "x")
    assert profile.values.tolist() == [[5, 50_000_000], [7, 70_000_000]]
    assert [[f.mapping for f in profile.stack(i)] for i in range(2)] == [["/bin/server"] * 2, ["/lib/libc.so"]]


def test_truncated_cpu_words_are_refused() -> None:
    with pytest.raises(SourceError, match="truncated"):
        decode(words("<Q", 0, 3, 0, 10000, 0, 5, 20, 0x401000), "x")


LEGACY = {
    "heap": (
        b"heap profile: 1: 1024 [ 2: 4096] @ heapprofile\n 1: 1024 [2: 4096] @ 0x401001 0x402001\nMAPPED_LIBRARIES:\n",
        ProfileKind.HEAP,
        [[2, 4096, 1, 1024]],
    ),
    "growth": (b"heap profile: 1: 64 [ 1: 64] @ growthz\n 1: 64 [1: 64] @ 0x401001\n", ProfileKind.HEAP, [[1, 64]]),
    "contention": (
        b"--- contentionz 1 ---\ncycles/second = 2000000000\nsampling period = 100\n 40 3 @ 0x401001\n",
        ProfileKind.BLOCK,
        [[300, 2000]],
    ),
    "threads": (
        b"--- threadz 1 ---\n\n--- Thread 7f (name: a/1) stack: ---\n  0x401000\n"
        b"--- Thread 8f (name: b/2) stack: ---\n  --same as previous thread--\n---- no stack trace for c\n",
        ProfileKind.THREADCREATE,
        [[2]],
    ),
    "java heap": (
        b"--- heapz 1 ---\nformat = java\nresolution = bytes\n 1048576 1 @ 0x1\n 0x1 com.acme.A.f (A.java:3)\n",
        ProfileKind.HEAP,
        [[1, 1212696]],
    ),
}


@pytest.mark.parametrize("name", LEGACY)
def test_legacy_text(name: str) -> None:
    data, kind, values = LEGACY[name]
    profile = decode(data, "x")
    assert (profile.kind, profile.values.tolist()) == (kind, values)


def test_symbols_in_comments_are_used() -> None:
    text = b"--- mutex:\ncycles/second=1000000000\nsampling period=1\n50 2 @ 0x401001\n"
    text += b"#\t0x401000\tmain.f+0x10\t/app/f.go:9\n"
    assert [(f.function, f.line) for f in decode(text, "x").stack(0)] == [("main.f", 9)]


@pytest.mark.parametrize(
    "data",
    [
        b"heap profile: 1: 1024 [ 2: 4096] @ heapprofile\nnonsense\n",
        b"heap profile: 1: 1 [ 1: 1] @ heap_v2/512\n 0: 7 [0: 0] @ 0x1\n",
        b"--- contentionz 1 ---\ncycles/second = many\n 1 1 @ 0x1\n",
        b"--- heapz 1 ---\nformat = java\n 5 0 @ 0x1\n",
        b"--- contentionz 1 ---\n 99999999999999999999 1 @ 0x1\n",
        b"goroutine profile: total 1\n99999999999999999999 @ 0x1 0x2\n",
        b"main;f 999999999999999999\n" * 12,
    ],
)
def test_broken_text_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="a broken profile"):
        decode(data, "x")


HOSTILE = {
    "tabs in a comment": b"goroutine profile: total 1\n1 @ 0x1 0x2\n#\t0x1\t" + b"\t" * 100_000 + b"\n",
    "brackets in a name": b"--- heapz 1 ---\nformat = java\n 5 1 @ 0x1\n 0x1 " + b" (" * 100_000 + b"\n",
    "names in values": b"heap profile: 1: 1 [ 1: 1] @ heap/1\n1: 1 [1: 1] @ 0x1\nMAPPED_LIBRARIES:\n"
    + b"0" * 50_000
    + b"\na=b\n" * 3000
    + b"$a" * 200_000,
    "brackets in a frame": b'Full thread dump X\n"a" #1 prio\n\tat ' + b"x" * 100_000 + b"(()" * 30_000 + b")\n",
    "blanks before a count": b"a;b 1\n" * 30_000 + b"a;b" + b" " * 200_000 + b"x\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_lines_made_to_stall_a_parser_do_not(name: str) -> None:
    assert decode(HOSTILE[name], "x").samples == 1


@pytest.mark.parametrize(
    ("count", "size", "rate", "expected"),
    [(0, 0, 512, (0, 0)), (3, 300, 1, (3, 300)), (1, 524288, 524288, (1, 829411)), (2, 2, 1 << 20, (2097153, 2097153))],
)
def test_sampled_sizes_are_scaled_back(count: int, size: int, rate: int, expected: tuple[int, int]) -> None:
    assert unsampled(count, size, rate) == expected


def test_memory_maps_join_and_substitute() -> None:
    found = regions(
        ["build=/opt/app", "400000-500000 r-xp 0 00:00 0 $build/bin", "500000-600000: $build/bin", "7f-80 rw-p"]
    )
    assert [(r.start, r.limit, r.file) for r in found] == [(0x400000, 0x600000, "/opt/app/bin")]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("main.(*T).Method", "main.(*T).Method"),
        ("pkg.(*T[...]).Method", "pkg.(*T[...]).Method"),
        ("com.acme.A.<init>", "com.acme.A.<init>"),
        ("ns::call(int, char)", "ns::call"),
        ("std::vector<a<b>>::push(int)", "std::vector::push"),
        ("x::operator>(int)", "x::operator>"),
        ("x::f(a(b", "x::f(a(b"),
    ],
)
def test_names_lose_parameters_as_in_pprof(name: str, short: str) -> None:
    assert simplified(name) == short


def test_a_heap_dump_of_jemalloc_is_refused_with_the_way_to_read_it() -> None:
    with pytest.raises(SourceError, match="jemalloc") as told:
        decode(b"heap_v2/65536\n  t*: 349: 38720525 [0: 0]\n@ 0x7ff4922a2630\n  t*: 1: 82704 [0: 0]\n", "dump")
    assert "jeprof" in str(told.value)
