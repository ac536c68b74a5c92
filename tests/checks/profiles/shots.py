"""Snapshots for tests: stacks as short text, turned into profiles through the real reader."""

from __future__ import annotations

from collections.abc import Mapping

from diagnose.signals.profile import Profile
from diagnose.sources.profiles.decode import decode
from tests.sources.profiles.made import Line, Made

HEAP = (("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"), ("inuse_space", "bytes"))
CPU = (("samples", "count"), ("cpu", "nanoseconds"))
DELAY = (("contentions", "count"), ("delay", "nanoseconds"))
GOROUTINE = (("goroutine", "count"),)

PARK = "runtime.gopark"
RECEIVE = f"{PARK} runtime.chanrecv runtime.chanrecv1"
SELECT = f"{PARK} runtime.selectgo"
LOCK = f"{PARK} runtime.semacquire1 sync.runtime_SemacquireMutex sync.(*Mutex).lockSlow sync.(*Mutex).Lock"
READ = f"{PARK} runtime.netpollblock internal/poll.runtime_pollWait internal/poll.(*FD).Read net.(*conn).Read"
SERVE = "net/http.HandlerFunc.ServeHTTP net/http.(*conn).serve"
TRIP = f"{SELECT} net/http.(*persistConn).roundTrip net/http.(*Transport).roundTrip net/http.(*Client).Do"
IDLE = {
    f"{READ} net/http.(*connReader).Read net/http.(*conn).readRequest net/http.(*conn).serve": [6],
    f"{PARK} runtime.netpollblock internal/poll.(*FD).Accept net.(*TCPListener).Accept main.main runtime.main": [1],
    f"{SELECT} database/sql.(*DB).connectionOpener": [1],
}
GO_ROOT = "/usr/lib/go/src"


def line(name: str) -> Line:
    """A frame where it would lie: the standard library in its root, main and its packages under /app."""
    if name.startswith("main."):
        return name, "/app/cmd/shop/main.go", 10
    package = name.split("(", maxsplit=1)[0].rpartition(".")[0] if "(" in name else name.rpartition(".")[0]
    if "." in package.split("/")[0]:
        inner = package.partition("example.com/shop/")[2]
        folder = f"/app/{inner}" if inner else f"/root/go/pkg/mod/{package}@v1.2.3"
        return name, f"{folder}/file.go", 20
    return name, f"{GO_ROOT}/{package.rstrip('.')}/file.go", 30


def shot(
    types: tuple[tuple[str, str], ...],
    stacks: Mapping[str, list[int]],
    *,
    at: float = 0,
    seconds: float = 0,
    default: str = "",
) -> Profile:
    """A profile of stacks written leaf first with blanks between the functions."""
    made = Made(types, time_ns=int(at * 1e9), duration_ns=int(seconds * 1e9), default=default)
    for stack, values in stacks.items():
        made.add([[line(name)] for name in stack.split()], values)
    return decode(made.bytes(), "shot")
