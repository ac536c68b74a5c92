"""Who does work that can be shared out: worker processes of this machine, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.context import BaseContext

from diagnose.errors import SourceError, UsageError

_REACHED_S = 10
_RETRIES = 3


@contextmanager
def executor(workers: int, dask: str) -> Iterator[Executor | None]:
    """The cluster of a scheduler's address, or this many processes; None for this process alone.

    Raises UsageError when Dask is not installed, SourceError when no scheduler answers.
    """
    if dask:
        with _cluster(dask) as cluster:
            yield cluster
    elif workers > 1:
        with ProcessPoolExecutor(workers, mp_context=_context()) as pool:
            yield pool
    else:
        yield None


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise UsageError("--dask needs Dask: pip install 'diagnose[cluster]'") from None
    try:
        client = distributed.Client(address, timeout=_REACHED_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise SourceError(
            f"no Dask scheduler answers at {address}: {error}", remedy="dask scheduler --host 127.0.0.1 --port 8786"
        ) from None
    with client:
        yield client.get_executor(pure=False, retries=_RETRIES)


def _context() -> BaseContext:
    """Forking is fastest, and only safe as long as no other thread may hold a lock."""
    wanted = "fork" if threading.active_count() == 1 else "forkserver"
    held = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context(wanted if wanted in held else "spawn")
