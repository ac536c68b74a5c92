"""Where threads wait that have nothing to do, and where they wait for an answer from a socket."""

from __future__ import annotations

from collections.abc import Sequence

from diagnose.signals.profile import Frame

_IDLE = (
    "java.util.concurrent.ThreadPoolExecutor.getTask",
    "java.util.concurrent.ForkJoinPool.awaitWork",
    "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue.take",
    "java.util.concurrent.ArrayBlockingQueue.poll",
    "java.util.concurrent.ArrayBlockingQueue.take",
    "java.util.concurrent.DelayQueue.poll",
    "java.util.concurrent.DelayQueue.take",
    "java.util.concurrent.LinkedBlockingDeque.poll",
    "java.util.concurrent.LinkedBlockingDeque.take",
    "java.util.concurrent.LinkedBlockingQueue.poll",
    "java.util.concurrent.LinkedBlockingQueue.take",
    "java.util.concurrent.LinkedTransferQueue.poll",
    "java.util.concurrent.LinkedTransferQueue.take",
    "java.util.concurrent.PriorityBlockingQueue.poll",
    "java.util.concurrent.PriorityBlockingQueue.take",
    "java.util.concurrent.SynchronousQueue.poll",
    "java.util.concurrent.SynchronousQueue.take",
    "org.apache.tomcat.util.threads.TaskQueue.take",
    "org.apache.tomcat.util.threads.TaskQueue.poll",
    "org.eclipse.jetty.util.thread.QueuedThreadPool.idleJobPoll",
    "org.eclipse.jetty.util.thread.ReservedThreadExecutor",
    "sun.nio.ch.EPoll.wait",
    "sun.nio.ch.KQueue.poll",
    "io.netty.channel.epoll.Native.epollWait",
)
_IDLE_PYTHON = ("thread.py:_worker", "queue.py:get", "selectors.py:select")
_SOCKET = (
    "java.net.SocketInputStream.socketRead",
    "sun.nio.ch.NioSocketImpl.park",
    "sun.nio.ch.NioSocketImpl.read",
    "sun.nio.ch.SocketDispatcher.read0",
    "sun.nio.ch.Net.poll",
)


def idle(stack: Sequence[Frame]) -> bool:
    """Whether a thread waits for work."""
    waits = (f"{frame.file.rpartition('/')[2]}:{frame.function}" in _IDLE_PYTHON for frame in stack[:3])
    return any(waits) or any(frame.function.startswith(_IDLE) for frame in stack)


def reads_socket(functions: Sequence[str]) -> bool:
    """Whether the functions at the top of a stack read from a socket."""
    return any(name.startswith(_SOCKET) for name in functions[:6])
