"""The call tree equals what counting stack by stack gives."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from diagnose.report import flamegraph, svg
from diagnose.report.book import Book
from diagnose.report.model import Flame
from diagnose.signals.profile import Frame, Profile, ProfileKind, SampleType
from tests.report import scenes


def random_profile(seed: int, samples: int, at: float) -> Profile:
    random = np.random.default_rng(seed)
    depths = random.integers(0, 12, samples)
    frames = tuple(Frame(f"f{i % 17}", f"f{i}.go", i) for i in range(25))
    return Profile(
        kind=ProfileKind.HEAP,
        sample_types=(SampleType("objects", "count"), SampleType("space", "bytes")),
        default_type=1,
        frames=frames,
        stack_offsets=np.concatenate([[0], np.cumsum(depths)]).astype(np.int64),
        stack_frames=random.integers(0, 25, int(depths.sum())).astype(np.int64),
        values=random.integers(0, 1000, (samples, 2)).astype(np.int64),
        taken_at=at,
    )


def by_hand(profile: Profile) -> Counter[tuple[str, ...]]:
    counted: Counter[tuple[str, ...]] = Counter()
    for i in range(profile.samples):
        names = tuple(frame.function for frame in reversed(profile.stack(i)))
        for end in range(1, len(names) + 1):
            counted[names[:end]] += int(profile.values[i, 1])
    return counted


def by_path(flame: Flame) -> dict[tuple[str, ...], tuple[int, int]]:
    found: dict[tuple[str, ...], tuple[int, int]] = {}
    path: list[str] = []
    for depth, after, before, name in flame.nodes:
        path[depth:] = [flame.names[name]]
        found[tuple(path)] = (after, before)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_every_call_that_is_large_enough_has_its_exact_value(seed: int) -> None:
    # GIVEN two profiles of one kind
    base, profile = random_profile(seed, 40, scenes.START + 10), random_profile(seed + 100, 60, scenes.START + 400)
    diagnosis, evidence, _ = scenes.leak()
    book = Book.of(diagnosis, replace(evidence, profiles=(base, profile)), ())
    # WHEN the tree is drawn
    flame = flamegraph.flame(book, (1, 0))
    # THEN each node holds what counting by hand gives, and nothing large is missing
    after, before = by_hand(profile), by_hand(base)
    found = by_path(flame)
    assert found
    assert {path: (after[path], before[path]) for path in found} == found
    large = {path for path in after if after[path] >= flamegraph.FLOOR * flame.total and after[path]}
    assert large <= set(found) or flame.cut


def test_the_tree_is_small_whatever_the_profile() -> None:
    profile = random_profile(7, 20_000, scenes.START)
    diagnosis, evidence, _ = scenes.leak()
    flame = flamegraph.flame(Book.of(diagnosis, replace(evidence, profiles=(profile,)), ()), (0, None))
    assert len(flame.nodes) <= flamegraph.NODES
    assert "too small" in flame.cut


def test_a_kept_call_has_a_kept_caller() -> None:
    profile = random_profile(8, 20_000, scenes.START)
    diagnosis, evidence, _ = scenes.leak()
    flame = flamegraph.flame(Book.of(diagnosis, replace(evidence, profiles=(profile,)), ()), (0, None))
    depths = [-1, *(node[0] for node in flame.nodes)]
    assert all(now <= before + 1 for before, now in pairwise(depths))


def test_the_drawing_without_script_stays_inside() -> None:
    diagnosis, evidence, measures = scenes.leak()
    book = Book.of(diagnosis, evidence, measures)
    for x, width, _, _ in svg.icicle(flamegraph.flame(book, (1, 0))):
        assert 0 <= float(x.rstrip("%")) <= 100
        assert float(x.rstrip("%")) + float(width.rstrip("%")) <= 100.02


def test_the_base_is_the_last_profile_before_the_onset() -> None:
    diagnosis, evidence, measures = scenes.leak()
    first, second, third = (scenes.goroutines(n, scenes.START + at, str(n)) for n, at in ((1, 10), (2, 200), (3, 400)))
    book = Book.of(diagnosis, replace(evidence, profiles=(third, first, second)), measures)
    assert flamegraph.base_of(book, 0) == 2
    assert flamegraph.base_of(book, 1) is None
