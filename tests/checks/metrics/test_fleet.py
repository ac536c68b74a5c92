"""How usual a change is among siblings."""

from __future__ import annotations

import pytest

from diagnose.checks.metrics.changes import changes
from diagnose.checks.metrics.fleet import unusual
from diagnose.signals.series import Role
from tests.checks.metrics.made import ONSET, after, measure


def strengths(*onsets: float, sizes: tuple[float, ...] = ()) -> list[float]:
    made = [
        measure(
            0.1 + (sizes or (2.0,) * len(onsets))[number] * after(onset), Role.CPU, entity=f"e{number}", unit="cores"
        )
        for number, onset in enumerate(onsets)
    ]
    found = {each.measure.entity: each for each in changes(made)}
    weighed = {each.measure.entity: each for each in unusual(changes(made))}
    return [weighed[name].strength / found[name].strength for name in sorted(found)]


def test_a_change_that_siblings_show_at_other_times_tells_less() -> None:
    assert strengths(ONSET, ONSET - 200, ONSET + 200) == pytest.approx([1 / 3] * 3)


def test_siblings_that_move_together_take_nothing_away() -> None:
    assert strengths(ONSET, ONSET + 10) == [1.0, 1.0]


def test_small_changes_of_siblings_take_nothing_from_a_large_one() -> None:
    assert strengths(ONSET, ONSET - 200, sizes=(5.0, 0.2)) == [1.0, 0.5]


def test_alone_nothing_changes() -> None:
    assert strengths(ONSET) == [1.0]
    assert unusual(()) == ()
