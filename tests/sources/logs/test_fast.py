"""The fast way and the slow way agree on all that is promised to be exact."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from diagnose.signals.events import Level, LogDigest
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.logs import collect, fast, scan

START = 1_769_828_400.0
LOUD = {Level.WARN, Level.ERROR, Level.FATAL}
TRACE = "goroutine 12 [running]:\nmain.serve(0x1)\n\t/src/main.go:12 +0x1a\n"


def as_json(at: str, level: str, text: str) -> str:
    return json.dumps({"time": at, "level": level, "msg": text, "status": 200, "path": "/a", "took_ms": 5})


def as_zap(at: str, level: str, text: str) -> str:
    return f'{{"level":"{level.lower()}","ts":"{at}","msg":{json.dumps(text)}}}'


def as_logfmt(at: str, level: str, text: str) -> str:
    return f"time={at} level={level.lower()} msg={json.dumps(text)}"


def as_text(at: str, level: str, text: str) -> str:
    return f"{at[:23].replace('T', ' ').rstrip('Z')} {level} [worker-7] org.acme.Cart - {text}"


def moment(at: str) -> datetime:
    return datetime.fromisoformat(at)


def as_epoch(at: str, level: str, text: str) -> str:
    return f'{{"level":"{level.lower()}","ts":{moment(at).timestamp()},"msg":{json.dumps(text)}}}'


def as_nanoseconds(at: str, level: str, text: str) -> str:
    return f"time={round(moment(at).timestamp() * 1000)}000000 level={level.lower()} msg={json.dumps(text)}"


def as_klog(at: str, level: str, text: str) -> str:
    return f"{level[0]}{moment(at):%m%d %H:%M:%S.%f}       7 cart.go:138] {text}"


def as_syslog(at: str, level: str, text: str) -> str:
    return f"{moment(at):%b %d %H:%M:%S} host7 cart[{1000 + len(text)}]: {level} {text}"


SHAPES: dict[str, Callable[[str, str, str], str]] = {
    "json": as_json,
    "zap": as_zap,
    "logfmt": as_logfmt,
    "text": as_text,
    "epoch": as_epoch,
    "nanoseconds": as_nanoseconds,
    "klog": as_klog,
    "syslog": as_syslog,
}


def write(file: Path, shapes: list[str], *, lines: int = 4_000) -> None:
    rnd = random.Random(7)
    with file.open("w") as out:
        for number in range(lines):
            at = rfc3339(START + number / 4 + rnd.uniform(-0.005, 0.005))
            draw = rnd.random()
            level = "ERROR" if draw < 0.05 else "WARN" if draw < 0.1 else "INFO"
            text = {
                "ERROR": f"order {rnd.getrandbits(64):016x} failed: dial tcp 10.0.0.{rnd.randrange(255)}:5432: refused",
                "WARN": f"retry {rnd.randrange(99)} of a call that said ERROR",
                "INFO": rnd.choice(["request done", "job finished", f"user {rnd.randrange(999)} came"]),
            }[level]
            out.write(SHAPES[rnd.choice(shapes)](at, level, text) + "\n")
            if draw < 0.01:
                out.write(TRACE)
            elif draw > 0.999:
                out.write("plain words in between\n")
            elif number == lines // 2:
                out.write("panic: assignment to entry in nil map\n\n" + TRACE)


def both(file: Path, window: Window, monkeypatch: pytest.MonkeyPatch) -> tuple[LogDigest, LogDigest]:
    slow, _ = collect([str(file)], window)
    monkeypatch.setattr(fast, "FROM_BYTES", 1)
    quick, _ = collect([str(file)], window)
    assert slow is not None
    assert quick is not None
    return slow, quick


def loud(digest: LogDigest) -> dict[str, tuple[object, ...]]:
    return {
        each.id: (each.template, each.count, dict(each.counts), each.first, each.last, each.examples[:2], each.stack)
        for each in digest.patterns
        if each.level in LOUD
    }


@pytest.mark.parametrize("shapes", [[name] for name in SHAPES] + [list(SHAPES)], ids=[*SHAPES, "mixed"])
@pytest.mark.parametrize("shift", [0.0, 100.25])
def test_counts_and_loud_patterns_are_exact(
    tmp_path: Path, shapes: list[str], shift: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "app.log"
    write(file, shapes)
    slow, quick = both(file, Window(START + shift, START + 900 + shift), monkeypatch)
    assert quick.levels.keys() == slow.levels.keys()
    for level, counts in slow.levels.items():
        assert (quick.levels[level] == counts).all(), level
    assert quick.sources[0].in_window == slow.sources[0].in_window
    assert quick.sources[0].lines == slow.sources[0].lines
    assert (quick.first, quick.last) == (slow.first, slow.last)
    assert loud(quick) == loud(slow)


def test_quiet_patterns_and_requests_are_close_and_said_to_be_estimates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "app.log"
    write(file, ["json"], lines=20_000)
    monkeypatch.setattr(fast, "_QUIET_READ", 4_000)
    monkeypatch.setattr(fast, "_LINE", 100)
    slow, quick = both(file, Window(START, START + 5_000), monkeypatch)
    exact = {each.template: each.count for each in slow.patterns}
    for each in quick.patterns:
        if each.level is Level.INFO:
            assert each.count == pytest.approx(exact[each.template], rel=0.2)
    assert int(quick.requests[0].requests.sum()) == pytest.approx(int(slow.requests[0].requests.sum()), rel=0.1)
    assert "was read for patterns" in quick.sources[0].note


def test_what_is_said_rarely_is_always_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "app.log"
    monkeypatch.setattr(fast, "_LINE", 1)
    monkeypatch.setattr(fast, "_QUIET_READ", 1_000)
    lines = [as_logfmt(rfc3339(START + s / 10), "INFO", "tick") for s in range(9_000)]
    for index in (100, 4_000, 8_000):
        lines[index] = as_logfmt(rfc3339(START + index / 10), "INFO", "shop listening on :80")
    file.write_text("\n".join(lines) + "\n")
    _, quick = both(file, Window(START, START + 900), monkeypatch)
    assert {each.template: each.count for each in quick.patterns}["shop listening on :<num>"] == 3


def test_a_file_without_a_plan_is_read_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "app.log"
    lines = [json.dumps({"a": "x" * (s % 50), "level": "info", "time": START + s}) for s in range(600)]
    file.write_text("\n".join(lines) + "\n")
    slow, quick = both(file, Window(START, START + 900), monkeypatch)
    assert quick.sources == slow.sources


def test_lines_longer_than_a_block_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "app.log"
    lines = [as_logfmt(rfc3339(START + s), "INFO", "tick") for s in range(6_000)]
    lines[3_000] = as_logfmt(rfc3339(START + 3_000), "ERROR", "x" * 3_000_000)
    file.write_text("\n".join(lines) + "\n")
    _, quick = both(file, Window(START, START + 6_000), monkeypatch)
    assert quick.sources[0].in_window == 6_000
    assert quick.sources[0].unreadable == 1


def test_every_word_of_a_level_has_a_slot_of_its_own() -> None:
    assert len({code % scan._SLOTS for code in scan._NAMED}) == len(scan._NAMED)
