"""A log that begins within the window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diagnose.signals.events import Level, LogDigest, LoggedRequests, Pattern
from diagnose.signals.talk import Voice
from diagnose.signals.window import Window


def digest(first: float | None) -> LogDigest:
    counts = np.array([0, 0, 0, 2, 1, 4], dtype=np.int64)
    pattern = Pattern("p", Level.INFO, "done", 7, 103.0, 105.0, {3: 2, 4: 1, 5: 4}, ("done",), {})
    requests = LoggedRequests(counts, counts * 0, np.full(6, np.nan))
    return LogDigest(
        Window(100.0, 106.0), 1.0, (), {Level.INFO: counts}, (pattern,), (requests,), first=first, last=105.5
    )


def test_the_window_begins_with_the_first_line() -> None:
    begun = digest(first=103.2).begun()
    assert begun.window == Window(103.0, 106.0)
    assert begun.levels[Level.INFO].tolist() == [2, 1, 4]
    assert begun.patterns[0].counts == {0: 2, 1: 1, 2: 4}
    assert begun.requests[0].requests.tolist() == [2, 1, 4]
    assert begun.buckets == 3


@pytest.mark.parametrize("first", [None, 100.4])
def test_a_log_that_covers_the_window_stays_as_it_is(first: float | None) -> None:
    whole = digest(first)
    assert whole.begun() is whole


def test_logs_of_several_entities_end_with_their_last_line() -> None:
    """They do not all fall silent at once: the log was cut there; that of one service may tell of its death."""
    voices = tuple(Voice(entity, "p", {3: 1}) for entity in ("a", "b", "c"))
    cut = replace(digest(first=103.2), last=104.5, voices=voices).begun()
    assert cut.window == Window(103.0, 105.0)
    assert cut.levels[Level.INFO].tolist() == [2, 1]
    assert cut.voices[0].counts == {0: 1}
    assert replace(digest(first=100.0), last=104.5).begun().window == Window(100.0, 106.0)
