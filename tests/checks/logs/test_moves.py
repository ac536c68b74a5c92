"""What patterns did at the onset, on made counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from diagnose.checks.logs.moves import PatternMove, moves
from diagnose.checks.logs.onset import candidates
from diagnose.signals.events import Level, LogDigest, LoggedRequests, LogSource, Pattern
from diagnose.signals.window import Window

START = 1_800_000_000.0
SECONDS = 480
ONSET = 240


def counts_of(rates: np.ndarray, seed: int) -> dict[int, int]:
    drawn = np.random.default_rng(seed).poisson(rates)
    return {int(bucket): int(drawn[bucket]) for bucket in np.flatnonzero(drawn)}


def step(before: float, after: float, at: int = ONSET) -> np.ndarray:
    return np.where(np.arange(SECONDS) < at, before, after)


def pattern(name: str, counts: Mapping[int, int], level: Level = Level.ERROR) -> Pattern:
    at = sorted(counts) or [0]
    total = sum(counts.values())
    return Pattern(f"log-{name}", level, name, total, START + at[0], START + at[-1], counts, (name,), {})


def digest(*patterns: Pattern, traffic: np.ndarray | None = None) -> LogDigest:
    background = pattern("request done", counts_of(step(7, 7) if traffic is None else traffic, 99), Level.INFO)
    held = (*patterns, background)
    levels = {level: np.zeros(SECONDS, dtype=np.int64) for level in {each.level for each in held}}
    for each in held:
        for bucket, count in each.counts.items():
            levels[each.level][bucket] += count
    source = LogSource("app.log", "json", 1, 1, 0)
    return LogDigest(Window(START, START + SECONDS), 1.0, (source,), levels, held)


def move_of(found: tuple[PatternMove, ...], name: str) -> PatternMove:
    return next(move for move in found if move.pattern.template == name)


SHAPES = {
    "steady trickle": (step(0.15, 0.15), "steady", 0.0, 0.0),
    "steady flood": (step(9, 9), "steady", 0.0, 0.0),
    "bursts as ever": (np.where(np.arange(SECONDS) % 60 < 5, 8, 0.01), "steady", 0.0, 0.0),
    "hundreds of new ones": (step(0, 5), "new", 0.9, 1.0),
    "dozens of new ones": (step(0, 0.2), "new", 0.4, 0.9),
    "a trickle that multiplied": (step(0.2, 4), "spike", 0.8, 1.0),
    "half as many again": (step(2, 3), "steady", 0.0, 0.0),
    "thinned out": (step(6, 0.5), "dip", 0.8, 1.0),
    "ended": (step(3, 0), "vanished", 0.9, 1.0),
}


@pytest.mark.parametrize("onset", [ONSET, ONSET - 60, ONSET + 60, None], ids=["onset", "early", "late", "unknown"])
@pytest.mark.parametrize(("rates", "kind", "least", "most"), SHAPES.values(), ids=SHAPES.keys())
def test_kinds_and_strengths(rates: np.ndarray, kind: str, least: float, most: float, onset: int | None) -> None:
    for seed in range(5):
        counts = counts_of(rates, seed)
        found = moves(digest(pattern("it broke", counts)), onset=None if onset is None else START + onset)
        move = move_of(found, "it broke")
        assert move.kind == kind
        assert least <= move.strength <= most
        if kind in {"spike", "dip", "vanished"} or (kind == "new" and sum(counts.values()) > 100):
            assert move.at == pytest.approx(START + ONSET, abs=10)


@pytest.mark.parametrize(("onset", "kind"), [(ONSET, "new"), (ONSET - 60, "new"), (None, "steady")])
def test_a_handful_is_weak_and_chance_when_nothing_else_moved(onset: int | None, kind: str) -> None:
    counts = dict.fromkeys((ONSET + 9, ONSET + 70, ONSET + 200), 1)
    found = moves(digest(pattern("it broke", counts)), onset=None if onset is None else START + onset)
    assert move_of(found, "it broke").kind == kind
    assert move_of(found, "it broke").strength < 0.3


def test_silence_is_when_the_whole_log_ends() -> None:
    found = moves(digest(traffic=step(7, 0)), onset=START + ONSET)
    assert move_of(found, "request done").kind == "silence"


@pytest.mark.parametrize(
    ("level", "message", "count", "least", "most"),
    [
        (Level.FATAL, "panic: nil map", 10, 0.7, 1.0),
        (Level.ERROR, "no luck", 10, 0.1, 0.45),
        (Level.WARN, "not found", 10, 0.0, 0.2),
        (Level.UNKNOWN, "Memory cgroup out of memory: Killed process 7", 1, 0.4, 0.7),
        (Level.INFO, "job done", 1, 0.0, 0.1),
    ],
)
def test_how_many_lines_make_it_strong_depends_on_what_they_say(
    level: Level, message: str, count: int, least: float, most: float
) -> None:
    counts = dict.fromkeys(np.linspace(ONSET + 5, SECONDS - 5, count).astype(int).tolist(), 1)
    found = moves(digest(pattern(message, counts, level)), onset=START + ONSET)
    assert least <= move_of(found, message).strength <= most


def test_errors_that_fill_a_quiet_log_are_strong_though_few() -> None:
    counts = dict.fromkeys(range(ONSET, SECONDS, 8), 1)
    quiet = np.where(np.arange(SECONDS) % 20 == 0, 1, 0)
    found = moves(digest(pattern("it broke", counts), traffic=quiet), onset=START + ONSET)
    assert move_of(found, "it broke").strength > 0.7


def test_a_window_without_quiet_time_says_nothing() -> None:
    found = moves(digest(pattern("it broke", counts_of(step(5, 5), 1))), onset=START)
    assert move_of(found, "it broke").kind == "steady"


def test_an_empty_digest_has_no_moves() -> None:
    empty = LogDigest(Window(START, START + 60), 1.0, (), {}, ())
    assert moves(empty, onset=None) == ()
    assert candidates(empty) == ()


@pytest.mark.parametrize(
    ("rates", "level", "found"),
    [
        (step(0, 5), Level.ERROR, True),
        (step(0.2, 4), Level.ERROR, True),
        (step(0.2, 0.2), Level.ERROR, False),
        (step(0, 5), Level.INFO, False),
    ],
)
def test_onset_of_errors(rates: np.ndarray, level: Level, found: bool) -> None:
    near = [
        each for each in candidates(digest(pattern("it broke", counts_of(rates, 3), level))) if "pattern" in each[2]
    ]
    assert bool(near) is found
    assert all(abs(at - (START + ONSET)) <= 5 for at, _, _ in near)


def test_onset_of_silence_and_of_a_swell() -> None:
    thin = candidates(digest(traffic=step(7, 0.2)))
    assert [what for _, _, what in thin] == ["the log thins out"]
    assert thin[0][0] == pytest.approx(START + ONSET, abs=5)
    assert [what for _, _, what in candidates(digest(traffic=step(3, 9)))] == ["the log swells"]


def test_onset_of_slow_requests() -> None:
    rng = np.random.default_rng(5)
    latency = step(0.01, 0.2) * rng.lognormal(0, 0.5, SECONDS)
    requests = LoggedRequests(np.full(SECONDS, 7), np.zeros(SECONDS, dtype=np.int64), latency)
    quiet = digest()
    slow = LogDigest(quiet.window, 1.0, quiet.sources, quiet.levels, quiet.patterns, (requests,))
    (found,) = candidates(slow)
    assert found[2] == "requests slow down"
    assert found[0] == pytest.approx(START + ONSET, abs=10)


def test_what_clients_give_up_is_no_onset() -> None:
    gone = pattern("write: context canceled", counts_of(step(0, 2), 3))
    assert not [each for each in candidates(digest(gone)) if "pattern" in each[2]]
