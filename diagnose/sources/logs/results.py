"""The results of jobs, whoever does them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from diagnose.sources.logs.jobs import Job
from diagnose.sources.logs.partial import Partial
from diagnose.sources.logs.scanning import scan_job

LARGE = 1 << 29  # bytes from which on the start of worker processes pays


def results(jobs: Sequence[Job], *, workers: int | None, dask: str) -> Iterator[Partial]:
    """The results of all jobs, in their order.

    `workers` is how many processes share them (None: as many as there are processors when the logs are large), `dask`
    the address of a scheduler that is to be used instead. Raises SourceError when it cannot be reached.
    """
    if workers is None and sum(job.size for job in jobs) < LARGE:
        workers = 1
    if dask or workers != 1:
        yield from _shared(jobs, workers, dask)
    else:
        yield from map(scan_job, jobs)


def _shared(jobs: Sequence[Job], workers: int | None, dask: str) -> Iterator[Partial]:
    from concurrent.futures import BrokenExecutor

    from diagnose.sources.executors import executor, processors

    with executor(min(workers or processors(), len(jobs)), dask) as others:
        if others is None:
            yield from map(scan_job, jobs)
            return
        waiting = deque((job, None if job.here else others.submit(scan_job, job)) for job in jobs)
        while waiting:
            job, future = waiting.popleft()
            try:
                yield scan_job(job) if future is None else future.result()
            except BrokenExecutor:  # a worker process was killed
                yield scan_job(job)
