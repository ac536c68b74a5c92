"""What a goroutine waits for, told from its stack and, where the dump has it, its state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from diagnose.checks.profiles.own import OwnCode, profiler
from diagnose.signals.profile import Frame


class Wait(StrEnum):
    """Why a goroutine is where it is."""

    CHANNEL_RECEIVE = "channel-receive"
    CHANNEL_SEND = "channel-send"
    SELECT = "select"
    WAIT_GROUP = "waitgroup"
    CONDITION = "cond"
    LOCK = "lock-wait"
    SLEEP = "sleep"
    IO = "io"
    POOL = "db-pool-wait"
    UPSTREAM = "upstream-wait"
    CONNECTION = "persist-conn"
    SERVING = "http-serving"
    BLOCKED = "blocked"  # parked, the dump does not say why
    RUNNING = "running"
    IDLE = "idle"
    PROFILER = "profiler"


FOREVER = frozenset(
    {
        Wait.CHANNEL_RECEIVE,
        Wait.CHANNEL_SEND,
        Wait.SELECT,
        Wait.WAIT_GROUP,
        Wait.CONDITION,
        Wait.SLEEP,
        Wait.IO,
        Wait.BLOCKED,
    }
)
"""Waits in which a goroutine can stay for ever when nobody comes to wake it."""

_STATES = (
    ("chan receive", Wait.CHANNEL_RECEIVE),
    ("chan send", Wait.CHANNEL_SEND),
    ("select", Wait.SELECT),
    ("sync.Mutex", Wait.LOCK),
    ("sync.RWMutex", Wait.LOCK),
    ("sync.WaitGroup", Wait.WAIT_GROUP),
    ("sync.Cond", Wait.CONDITION),
    ("sleep", Wait.SLEEP),
    ("IO wait", Wait.IO),
    ("finalizer wait", Wait.IDLE),
    ("GC ", Wait.IDLE),
    ("force gc", Wait.IDLE),
    ("idle", Wait.IDLE),
    ("trace reader", Wait.IDLE),
    ("running", Wait.RUNNING),
    ("runnable", Wait.RUNNING),
    ("syscall", Wait.RUNNING),
)
_LEAVES = (
    (re.compile(r"^runtime\.chanrecv"), Wait.CHANNEL_RECEIVE),
    (re.compile(r"^runtime\.chansend"), Wait.CHANNEL_SEND),
    (re.compile(r"^runtime\.(selectgo|block)$"), Wait.SELECT),
    (re.compile(r"^(internal/)?sync\.\(\*(Mutex|RWMutex)\)\.|^sync\.\(\*Once\)\."), Wait.LOCK),
    (re.compile(r"^sync\.runtime_Semacquire(RW)?Mutex|^internal/sync\.runtime_Semacquire"), Wait.LOCK),
    (re.compile(r"^sync\.\(\*WaitGroup\)\."), Wait.WAIT_GROUP),
    (re.compile(r"^sync\.\(\*Cond\)\.|^sync\.runtime_notifyListWait"), Wait.CONDITION),
    (re.compile(r"^time\.Sleep$"), Wait.SLEEP),
    (re.compile(r"^runtime\.netpollblock$|^internal/poll\.runtime_pollWait$"), Wait.IO),
    (re.compile(r"^(syscall|internal/runtime/syscall)\."), Wait.RUNNING),
    (re.compile(r"^runtime\.(gcBgMarkWorker|bgsweep|bgscavenge|forcegchelper|runfinq|runCleanups)"), Wait.IDLE),
)
_POOLS = re.compile(
    r"^database/sql\.\(\*DB\)\.conn$|"
    r"(?i:pool)[^/]*\.(?:\(\*\w*(?i:pool)\w*(?:\[.*\])?\)\.)(?i:acquire|get|checkout|waitturn|waitconn|take|borrow)\w*$"
)
_CLIENTS = re.compile(
    r"^net/http\.\(\*(?:Client|Transport|persistConn|http2ClientConn|http2Transport)\)\.(?:[rR]oundTrip|getConn|[dD]o|send|dial)|"
    r"^net\.\(\*(?:Dialer|Resolver|sysDialer)\)\.|"
    r"^google\.golang\.org/grpc\.(?:\(\*ClientConn\)\.Invoke|\(\*clientStream\)\.|invoke$)|"
    r"^google\.golang\.org/grpc/internal/transport\.\(\*(?:Stream|ClientStream|http2Client|recvBufferReader)\)\.|"
    r"^golang\.org/x/net/http2\.\(\*(?:ClientConn|Transport|clientStream)\)\."
)
_LOOPS = re.compile(r"^net/http\.\(\*persistConn\)\.(read|write)Loop")
_NETWORK = ("net.(*conn).", "net.(*netFD).", "crypto/tls.(*Conn).", "net.(*TCPConn).")
_SERVE = "net/http.(*conn).serve"


def state_of(stack: Sequence[Frame], labels: dict[str, str]) -> Wait:
    """The primitive wait: from the dump's own word, else from the frames nearest to the leaf."""
    said = labels.get("state", "")
    if said and not said.startswith("semacquire"):
        found = next((wait for word, wait in _STATES if said.startswith(word)), None)
        if found is not None:
            return found
    for frame in stack[:6]:
        found = next((wait for rule, wait in _LEAVES if rule.search(frame.function)), None)
        if found is not None:
            return found
    if said.startswith("semacquire"):
        return Wait.LOCK
    # debug=1 hides the leading runtime frames: goexit alone when running, three and more when parked
    return Wait.BLOCKED if int(labels.get("hidden", 0)) >= 3 else Wait.RUNNING


def wait_of(stack: Sequence[Frame], labels: dict[str, str], own: OwnCode) -> Wait:
    """The wait with its meaning: a pool, an upstream, a connection's loop, a handler at work, or the primitive."""
    if profiler(stack):
        return Wait.PROFILER
    if any(_LOOPS.match(frame.function) for frame in stack[-2:]):
        return Wait.CONNECTION
    state = state_of(stack, labels)
    below = _library(stack, own)
    ours = len(below) < len(stack)
    if state is not Wait.RUNNING and any(_POOLS.search(frame.function) for frame in below):
        return Wait.POOL
    if not ours:
        return state if state is Wait.RUNNING else Wait.IDLE
    return _meaning(state, stack, below)


def _meaning(state: Wait, stack: Sequence[Frame], below: Sequence[Frame]) -> Wait:
    """What the wait of own code in a library is for."""
    if state in (Wait.LOCK, Wait.IDLE):
        return state
    if any(_CLIENTS.match(frame.function) for frame in below):
        return Wait.UPSTREAM
    if state is Wait.IO and any(frame.function.endswith((".Accept", ".accept")) for frame in below):
        return Wait.IDLE
    if state is Wait.IO and any(frame.function.startswith(_NETWORK) for frame in below):
        return Wait.UPSTREAM
    if state in (Wait.RUNNING, Wait.SLEEP) and serving(stack):
        return Wait.SERVING
    return state


def _library(stack: Sequence[Frame], own: OwnCode) -> Sequence[Frame]:
    """The frames nearer to the leaf than any own code."""
    for i, frame in enumerate(stack):
        if own(frame):
            return stack[:i]
    return stack


def serving(stack: Sequence[Frame]) -> bool:
    """Whether a server works on a request here: slow perhaps, but not left behind."""
    return any(frame.function == _SERVE or frame.function.endswith(".processUnaryRPC") for frame in stack)
