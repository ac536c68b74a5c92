"""Jobs: the same answer whoever does them and in whatever order their results are added."""

from __future__ import annotations

import os
import pickle
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from diagnose.errors import SourceError
from diagnose.signals.events import LogDigest
from diagnose.signals.window import Window
from diagnose.sources import executors
from diagnose.sources.logs import collect, fast, jobs, results
from diagnose.sources.logs.jobs import jobs_of
from diagnose.sources.logs.scanning import scan_job
from diagnose.sources.logs.total import Total
from tests.sources.logs.mixed import SHAPES, START, write

WINDOW = Window(START, START + 2_000)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that makes many jobs."""
    monkeypatch.setattr(jobs, "JOB", 1 << 16)
    monkeypatch.setattr(fast, "FROM_BYTES", 1)
    write(tmp_path / "app.log", list(SHAPES), lines=8_000)
    return tmp_path / "app.log"


def told(digest: LogDigest | None) -> bytes:
    """Every byte of a digest."""
    return msgspec.json.encode(digest, enc_hook=lambda each: each.tolist())


def test_a_file_is_cut_where_records_begin(file: Path) -> None:
    text = file.read_bytes()
    parts = [piece.part for job in jobs_of([str(file)], WINDOW, zone=None) for piece in job.pieces]
    assert len(parts) > 5
    assert parts[0].start == 0
    assert parts[-1].end == len(text)
    for before, after in pairwise(parts):
        assert before.end == after.start
        assert text[after.start - 1 : after.start] == b"\n"
        assert not text[after.start :].startswith((b"goroutine", b"main.", b"\t", b"plain", b"panic", b"\n"))


def test_the_order_of_results_makes_no_difference(file: Path) -> None:
    partials = [scan_job(job) for job in jobs_of([str(file)], WINDOW, zone=None)]
    expected = None
    for seed in range(4):
        total = Total(WINDOW)
        for partial in random.Random(seed).sample(partials, len(partials)):
            total.add(pickle.loads(pickle.dumps(partial)))
        digest = told(total.digest([]))
        expected = expected or digest
        assert digest == expected


def test_many_jobs_count_what_one_counts(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many, _ = collect([str(file)], WINDOW)
    monkeypatch.setattr(jobs, "JOB", 1 << 30)
    one, _ = collect([str(file)], WINDOW)
    assert many is not None
    assert one is not None
    assert {level: counts.tolist() for level, counts in many.levels.items()} == {
        level: counts.tolist() for level, counts in one.levels.items()
    }
    assert [(each.id, each.count, each.counts, each.first, each.last, each.stack) for each in many.patterns] == [
        (each.id, each.count, each.counts, each.first, each.last, each.stack) for each in one.patterns
    ]
    for digest in (many, one):
        assert sorted(digest.sources[0].format.split("+")) == ["json", "logfmt", "text"]
    assert replace(many.sources[0], format="") == replace(one.sources[0], format="")


def test_small_files_share_a_job(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.log").write_text("2026-01-31T03:00:00Z INFO up\n")
    assert len(jobs_of([str(tmp_path / f"{number}.log") for number in range(3)], WINDOW, zone=None)) == 1


def test_processes_say_what_one_says(file: Path) -> None:
    alone = collect([str(file), "/nowhere/b.log"], WINDOW, workers=1)
    shared_out = collect([str(file), "/nowhere/b.log"], WINDOW, workers=2)
    assert told(alone[0]) == told(shared_out[0])
    assert alone[1] == shared_out[1]


def test_a_killed_worker_process_costs_time_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(Executor):
        def submit(self, *_: Any, **__: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(BrokenProcessPool("killed"))
            return future

    @contextmanager
    def dying(*_: Any) -> Iterator[Executor]:
        yield Dying()

    expected, _ = collect([str(file)], WINDOW)
    monkeypatch.setattr(executors, "executor", dying)
    assert told(collect([str(file)], WINDOW, workers=2)[0]) == told(expected)


def test_no_scheduler_answers(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("diagnose.sources.executors._REACHED_S", 0.5)
    with pytest.raises(SourceError, match="no Dask scheduler answers"):
        collect([str(file)], WINDOW, dask="tcp://127.0.0.1:9")


@pytest.fixture
def cluster(root: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address and its two workers."""
    pytest.importorskip("distributed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"

    def start(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
        environment = {**os.environ, "PYTHONPATH": str(root)}
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )

    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2])
    workers = [start("worker", address, "--nworkers", "1", "--nthreads", "1") for _ in range(2)]
    try:
        _await(address)
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(address: str) -> None:
    from distributed import Client

    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)


@pytest.mark.slow
def test_a_cluster_says_what_one_process_says_though_a_worker_is_killed(
    file: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    alone, _ = collect([str(file)], WINDOW, workers=1)
    assert told(collect([str(file)], WINDOW, dask=address)[0]) == told(alone)
    total = Total(WINDOW)
    for number, partial in enumerate(results.results(jobs_of([str(file)], WINDOW, zone=None), workers=1, dask=address)):
        total.add(partial)
        if number == 0:
            os.killpg(workers[0].pid, signal.SIGKILL)
    assert alone is not None
    assert told(total.digest(alone.sources)) == told(alone)


def test_remote_files_are_read(file: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/logs/app.log", file.read_bytes())
    local, _ = collect([str(file)], WINDOW)
    for url in ("memory://logs/app.log", "memory://logs", "memory://logs/*.log"):
        distant, gaps = collect([url], WINDOW)
        assert gaps == ()
        assert distant is not None
        assert local is not None
        assert distant.sources[0].name.endswith("logs/app.log")
        assert distant.sources[0].in_window == local.sources[0].in_window


def test_what_is_not_there_is_a_gap_without_secrets() -> None:
    pytest.importorskip("fsspec")
    digest, gaps = collect(["memory://user:hunter2@nowhere/app.log?signature=abc"], WINDOW)
    assert digest is None
    assert "hunter2" not in gaps[0].why
    assert "abc" not in gaps[0].why
