"""Of an object time and level are decoded as its reader would read them, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.plans import Keys
from diagnose.sources.logs.scan import STRANGE
from diagnose.sources.logs.skim import Skimmer, learn_keys
from tests.sources.logs.mixed import START, as_nested, as_otel

KEYS = Keys("time", "level", "msg")
SAID = {"time": "2026-01-31T03:00:00.25Z", "level": "info", "msg": "done"}
SKIMMED: dict[str, dict[str, Any]] = {
    "plain": SAID,
    "upper case": SAID | {"level": "WARN"},
    "a zone": SAID | {"time": "2026-01-31T04:00:00.25+01:00"},
    "no zone": SAID | {"time": "2026-01-31 03:00:00,250"},
    "seconds": SAID | {"time": 1769828400.25},
    "milliseconds": SAID | {"time": 1769828400250},
    "nanoseconds as text": SAID | {"time": "1769828400250000000"},
    "pino": SAID | {"level": 40},
    "digits": SAID | {"level": "50"},
    "nested": SAID | {"inner": {"time": "x", "level": "error", "@timestamp": "2020-01-01T00:00:00Z"}},
    "lower rank": SAID | {"ts": "2020-01-01T00:00:00Z", "severity": "error"},
    "wide characters": SAID | {"msg": "\ud83d\ude00 d\u00e9j\u00e0 vu"},
}
STRANGERS: dict[str, str | dict[str, Any]] = {
    "another time is asked first": SAID | {"@timestamp": "2020-01-01T00:00:00Z"},
    "another level is asked first": SAID | {"Level": "error"},
    "Docker": SAID | {"log": "2020-01-01T00:00:00Z ERROR x\n"},
    "journald": SAID | {"__REALTIME_TIMESTAMP": "1769828400250000"},
    "GELF": SAID | {"level": 3, "host": "a", "version": "1.1"},
    "no level": SAID | {"level": None},
    "a word that is no level": SAID | {"level": "boss"},
    "no time": {"level": "info", "msg": "done"},
    "a time that is none": SAID | {"time": "soon"},
    "a moment": SAID | {"time": {"$date": "2026-01-31T03:00:00Z"}},
    "a list": "[1]",
    "text": "2026-01-31T03:00:00Z INFO done",
    "half": json.dumps(SAID)[:-9],
    "two": json.dumps(SAID) * 2,
    "nothing": "",
}


def clock() -> Clock:
    return Clock(reference=START)


@pytest.mark.parametrize("found", SKIMMED.values(), ids=SKIMMED.keys())
def test_reads_what_the_reader_reads(found: dict[str, Any]) -> None:
    line = json.dumps(found)
    level, time, _ = Skimmer(KEYS, clock()).heads([line.encode()])
    record = LineReader(clock()).read(line)
    assert record is not None
    assert (level, time) == ([record.level], [record.time])


@pytest.mark.parametrize("found", STRANGERS.values(), ids=STRANGERS.keys())
def test_leaves_to_the_reader_what_it_does_not_know(found: str | dict[str, Any]) -> None:
    line = found if isinstance(found, str) else json.dumps(found)
    known = json.dumps(SAID).encode()
    level, _, _ = Skimmer(KEYS, clock()).heads([known, line.encode(), known])
    assert [each == STRANGE for each in level] == [False, True, False]


@pytest.mark.parametrize("write", [as_nested, as_otel])
def test_keys_are_learned_from_objects(write: Any) -> None:
    lines = [write(f"2026-01-31T03:00:{second:02}.250Z", "INFO", "done").encode() for second in range(60)]
    keys = learn_keys(lines, LineReader(clock()), clock())
    assert keys == (KEYS if write is as_nested else Keys("timeUnixNano", "severityNumber", "body"))
    assert learn_keys([b"text"] * 100 + lines, LineReader(clock()), clock()) is None
