"""Thread dumps of Python, .NET and, as JSON, of the JVM."""

from __future__ import annotations

import json

import pytest

from diagnose.checks.profiles.threads import judge
from diagnose.errors import SourceError
from diagnose.signals.profile import Frame, ProfileKind
from diagnose.sources.profiles.decode import decode

PY_SPY = """Process 71: python /srv/app/main.py
Python v3.11.7 (/usr/bin/python3.11)

Thread 71 (idle): "MainThread"
    wait (threading.py:320)
    serve (/srv/app/main.py:88)
    <module> (/srv/app/main.py:120)
Thread 0x7F21 (active+gil): "pool-0_1"
    match (/srv/app/rules.py:14)
        Arguments:
            text: "a (b:1)"
    work (/srv/app/main.py:40)
"""
FAULTHANDLER = """Fatal Python error: Aborted

Thread 0x00007f5c2a7fc700 [worker-3] (most recent call first):
  File "/usr/lib/python3.11/socket.py", line 706 in readinto
  File "/srv/app/client.py", line 31 in fetch

Current thread 0x00007f5c3b1c8740 (most recent call first):
  File "/srv/app/main.py", line 120 in <module>
"""
DOTNET = """Found 1 thread

Thread (0x48839B):
  [Native Frames]
  System.Private.CoreLib.il!System.Threading.Monitor.Wait(class System.Object,int32)
  Shop!Shop.Orders.Find(int32)
  Shop!Shop.Program.Main(class System.String[])
"""


@pytest.mark.parametrize(
    ("text", "producer", "stacks", "names"),
    [
        (
            PY_SPY,
            "python",
            [
                [
                    ("wait", "threading.py", 320),
                    ("serve", "/srv/app/main.py", 88),
                    ("<module>", "/srv/app/main.py", 120),
                ],
                [("match", "/srv/app/rules.py", 14), ("work", "/srv/app/main.py", 40)],
            ],
            [("MainThread", "idle"), ("pool-0_1", "active+gil")],
        ),
        (
            FAULTHANDLER,
            "python",
            [
                [("readinto", "/usr/lib/python3.11/socket.py", 706), ("fetch", "/srv/app/client.py", 31)],
                [("<module>", "/srv/app/main.py", 120)],
            ],
            [("worker-3", ""), ("0x00007f5c3b1c8740", "")],
        ),
        (
            DOTNET,
            "dotnet",
            [
                [
                    ("System.Threading.Monitor.Wait", "System.Private.CoreLib.il", 0),
                    ("Shop.Orders.Find", "Shop", 0),
                    ("Shop.Program.Main", "Shop", 0),
                ]
            ],
            [("0x48839B", "")],
        ),
    ],
)
def test_what_is_read(
    text: str, producer: str, stacks: list[list[tuple[str, str, int]]], names: list[tuple[str, str]]
) -> None:
    profile = decode(text.encode(), "dump")
    assert (profile.kind, profile.producer) == (ProfileKind.THREADS, producer)
    assert [list(profile.stack(i)) for i in range(profile.samples)] == [[Frame(*one) for one in row] for row in stacks]
    said = [dict(labels) for labels in profile.labels]
    assert [(row["name"], row.get("state", "")) for row in said] == names


def test_threads_of_python_that_wait_for_work_are_idle() -> None:
    worker = 'Thread {0} (idle): "io_{0}"\n    _worker (concurrent/futures/thread.py:81)\n    run (threading.py:975)\n'
    verdict = judge([decode("".join(worker.format(i) for i in range(4)).encode(), "dump")])
    assert [(pool.threads, pool.busy, pool.exhausted) for pool in verdict.pools] == [(4, 0, False)]


def thread(name: str, *stack: str, **more: object) -> dict[str, object]:
    return {"tid": "7", "name": name, "stack": list(stack), **more}


def dump(*threads: object) -> bytes:
    containers = [{"container": "<root>", "threads": list(threads)}]
    return json.dumps({"threadDump": {"time": "2026-01-31T03:00:00Z", "threadContainers": containers}}).encode()


def test_json_of_the_jvm() -> None:
    a, b = "java.lang.Object@1a", "java.lang.Object@2b"
    owned = {"state": "BLOCKED", "blockedOn": a, "monitorsOwned": [{"depth": 0, "locks": [b]}]}
    other = {"state": "BLOCKED", "blockedOn": b, "monitorsOwned": [{"depth": 0, "locks": [a, None]}]}
    found = decode(
        dump(
            thread("x", "app//com.acme.Bank.move(Bank.java:7)", **owned),
            thread("", "java.base/java.lang.Thread.sleep(Native Method)", "odd", **other),
        ),
        "dump",
    )
    assert found.taken_at == 1769828400.0
    assert list(found.stack(0)) == [Frame("com.acme.Bank.move", "Bank.java", 7)]
    assert list(found.stack(1)) == [Frame("java.lang.Thread.sleep"), Frame("odd")]
    assert judge([found]).deadlocks == (("7", "x"),)


@pytest.mark.parametrize(
    "text", [b'{"threadDump": 1}', b'{"threadDump": {"threadContainers": [{}]}}', b'{"threadDump": ', dump(), dump(3)]
)
def test_broken_json_is_one_clear_error(text: bytes) -> None:
    with pytest.raises(SourceError, match="thread dump"):
        decode(text, "dump")
