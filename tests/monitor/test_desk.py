"""The desk: each trouble is diagnosed once, a few at a time, and none is lost when the desk closes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from diagnose.errors import DiagnoseError
from diagnose.monitor.archive import Archive
from diagnose.monitor.desk import Desk, Taken
from diagnose.monitor.orders import Order
from diagnose.monitor.records import Outcome, Record, State

AT = 1_769_828_400.0
PATIENCE_S = 30.0


def order(key: str = "g", *alerts: str) -> Order:
    return Order(key, "shop Slow!", "Slow: shop", AT, frozenset(alerts or {"a"}), ("--since=30m",))


class Room:
    """A desk whose work waits until the test says how it ends."""

    def __init__(self, folder: Path, **more: float) -> None:
        self.now = AT
        self.begun: Queue[tuple[str, ...]] = Queue()
        self.results: Queue[Outcome] = Queue()
        self.ended: Queue[Record] = Queue()
        self.archive = Archive(folder)
        self.desk = Desk(self.archive, self.run, self.ended.put, clock=lambda: self.now, **more)  # type: ignore[arg-type]

    def run(self, words: tuple[str, ...], _: Path, halt: threading.Event) -> Outcome:
        self.begun.put(words)
        while not halt.is_set():
            if not self.results.empty():
                return self.results.get()
            halt.wait(0.01)
        return Outcome(State.INTERRUPTED, "stopped")

    def finish(self, state: State = State.DONE) -> Record:
        self.results.put(Outcome(state))
        return self.ended.get(timeout=PATIENCE_S)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    found = Room(tmp_path / "incidents", places=2, cooldown_s=60.0)
    found.desk.open()
    yield found
    found.desk.close(0.0)


def test_an_order_is_worked_off_and_its_record_kept(room: Room) -> None:
    taken, name = room.desk.submit(order())
    assert (taken, name[:27]) == (Taken.QUEUED, "20260131T030000Z-shop-Slow-")
    assert room.begun.get(timeout=PATIENCE_S) == ("--since=30m",)
    assert [kept.state for kept in room.archive.records()] == [State.RUNNING]
    assert room.finish().id == name
    (kept,) = room.archive.records()
    assert (kept.state, kept.began, kept.ended) == (State.DONE, AT, AT)


@pytest.mark.parametrize(
    ("ended", "later", "alerts", "taken"),
    [
        (State.DONE, 1.0, ("a",), Taken.KNOWN),
        (State.DONE, 1.0, ("a", "b"), Taken.KNOWN),
        (State.DONE, 90.0, ("a",), Taken.KNOWN),
        (State.DONE, 90.0, ("a", "b"), Taken.QUEUED),
        (State.FAILED, 1.0, ("a",), Taken.KNOWN),
        (State.FAILED, 90.0, ("a",), Taken.QUEUED),
        (State.INTERRUPTED, 1.0, ("a",), Taken.QUEUED),
    ],
    ids=["again", "grown", "repeated", "grown later", "failed", "failed before", "interrupted"],
)
def test_the_same_trouble_is_answered_once(
    room: Room, ended: State, later: float, alerts: tuple[str, ...], taken: Taken
) -> None:
    room.desk.submit(order())
    room.finish(ended)
    room.now += later
    assert room.desk.submit(order("g", *alerts))[0] is taken
    assert room.desk.submit(order("other"))[0] is Taken.QUEUED


def test_no_more_wait_than_there_are_places(room: Room) -> None:
    assert room.desk.submit(order("runs"))[0] is Taken.QUEUED
    room.begun.get(timeout=PATIENCE_S)
    assert [room.desk.submit(order(key))[0] for key in "abc"] == [Taken.QUEUED, Taken.QUEUED, Taken.FULL]
    assert (room.desk.running, room.desk.waiting, room.desk.full) == (1, 2, True)
    room.finish()
    room.begun.get(timeout=PATIENCE_S)
    assert room.desk.submit(order("c"))[0] is Taken.QUEUED


def test_what_waits_is_begun_by_the_next_desk_and_what_ran_is_interrupted(tmp_path: Path) -> None:
    first = Room(tmp_path)
    first.desk.open()
    first.desk.submit(order("runs"))
    first.begun.get(timeout=PATIENCE_S)
    first.desk.submit(order("waits"))
    first.desk.close(0.0)
    assert {kept.order.key: kept.state for kept in first.archive.records()} == {
        "runs": State.INTERRUPTED,
        "waits": State.QUEUED,
    }
    assert first.desk.submit(order("late"))[0] is Taken.FULL
    second = Room(tmp_path)
    second.desk.open()
    second.begun.get(timeout=PATIENCE_S)
    assert second.finish().order.key == "waits"
    second.desk.close(0.0)


def test_a_running_one_may_end_within_the_grace(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.desk.open()
    room.desk.submit(order())
    room.begun.get(timeout=PATIENCE_S)
    room.results.put(Outcome(State.DONE))
    room.desk.close(PATIENCE_S)
    assert [kept.state for kept in room.archive.records()] == [State.DONE]


def test_a_desk_that_died_leaves_its_run_interrupted(tmp_path: Path) -> None:
    died = Room(tmp_path)
    died.desk.open()
    died.desk.submit(order())
    died.begun.get(timeout=PATIENCE_S)
    next_ = Room(tmp_path)
    next_.desk.open()
    assert [kept.state for kept in next_.archive.records()] == [State.INTERRUPTED]
    next_.desk.close(0.0)
    died.desk.close(0.0)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "incidents").write_text("a file")
    room = Room(tmp_path / "incidents")
    for _ in range(2):
        with pytest.raises(DiagnoseError, match="cannot be written"):
            room.desk.submit(order())
    assert room.desk.waiting == 0


def test_the_oldest_that_were_made_here_make_room(tmp_path: Path) -> None:
    (tmp_path / "by-hand").mkdir()
    (tmp_path / "by-hand" / "report.json").write_text("{}")
    room = Room(tmp_path, keep=2)
    room.desk.open()
    for key in "abcd":
        room.now += 1.0
        room.desk.submit(order(key))
        room.finish()
    room.desk.close(PATIENCE_S)
    assert sorted(kept.order.key for kept in room.archive.records()) == ["c", "d"]
    assert len(list(tmp_path.iterdir())) == 3
    assert room.desk.waiting == room.desk.running == 0


def test_neither_a_run_nor_a_listener_that_fails_ends_the_desk(tmp_path: Path) -> None:
    room = Room(tmp_path)
    told: Queue[Record] = Queue()

    def run(*_: object) -> Outcome:
        raise ValueError("embedded null byte")

    def ended(record: Record) -> None:
        told.put(record)
        raise BrokenPipeError

    room.desk.run, room.desk.ended = run, ended  # type: ignore[assignment]
    room.desk.open()
    for key in "ab":
        room.desk.submit(order(key))
        assert told.get(timeout=PATIENCE_S).state is State.FAILED
    assert [kept.why for kept in room.archive.records()] == ["ValueError: embedded null byte"] * 2
    room.desk.close(PATIENCE_S)


def test_records_that_cannot_be_read_are_left_out(room: Room) -> None:
    room.desk.submit(order())
    room.finish()
    for name, text in (("broken", "{"), ("foreign", "[1]"), ("deep", "[" * 100_000)):
        (room.archive.folder / name).mkdir()
        (room.archive.folder / name / "order.json").write_text(text)
    assert len(list(room.archive.records())) == 1
    assert [row.state for row in room.archive.rows(1)[0]]
    assert room.archive.rows(1)[1] == 3
