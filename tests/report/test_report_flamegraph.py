"""The call tree equals what counting stack by stack gives."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from diagnose.report import flamegraph, hot, svg, tree
from diagnose.report.book import Book
from diagnose.report.pictures import Flame
from diagnose.report.snapshots import base_of
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


def drawn(profile: Profile, base: Profile | None) -> Flame:
    return flamegraph.draw(profile, base, hottest=())


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
    # WHEN the tree is drawn
    flame = drawn(profile, base)
    # THEN each node holds what counting by hand gives, and nothing large is missing
    after, before = by_hand(profile), by_hand(base)
    found = by_path(flame)
    assert found
    assert {path: (after[path], before[path]) for path in found} == found
    large = {path for path in after if after[path] >= tree.FLOOR * flame.total and after[path]}
    assert large <= set(found) or flame.cut


def test_the_tree_is_small_whatever_the_profile() -> None:
    profile = random_profile(7, 20_000, scenes.START)
    flame = drawn(profile, None)
    assert len(flame.nodes) <= tree.NODES
    assert "too small" in flame.cut


def test_a_kept_call_has_a_kept_caller() -> None:
    profile = random_profile(8, 20_000, scenes.START)
    flame = drawn(profile, None)
    depths = [-1, *(node[0] for node in flame.nodes)]
    assert all(now <= before + 1 for before, now in pairwise(depths))


def test_the_drawing_without_script_stays_inside() -> None:
    diagnosis, evidence, measures = scenes.leak()
    flame = flamegraph.flame(Book.of(diagnosis, evidence, measures))
    assert flame
    boxes = svg.icicle(flame)
    assert [box.name for box in boxes if box.own] == ["main.notifyAudit.func1"]
    for box in boxes:
        assert 0 <= float(box.x.rstrip("%")) <= 100
        assert float(box.x.rstrip("%")) + float(box.width.rstrip("%")) <= 100.02


def test_the_base_is_the_last_profile_before_the_onset() -> None:
    first, second, third = (scenes.goroutines(n, scenes.START + at, str(n)) for n, at in ((1, 10), (2, 200), (3, 400)))
    assert base_of((third, first, second), 0, scenes.ONSET) == 2
    assert base_of((third, first, second), 1, scenes.ONSET) is None
    assert base_of((third, first, second), 0, None) == 1


def test_what_was_taken_together_or_in_another_form_is_no_base() -> None:
    binary = scenes.goroutines(1, scenes.START + 10, "a")
    assert base_of((binary, scenes.goroutines(2, scenes.START + 10.5, "b")), 1, None) is None
    assert base_of((replace(binary, labels=()), scenes.goroutines(2, scenes.START + 400, "b")), 1, None) is None


@pytest.mark.parametrize("kind", [ProfileKind.HEAP, ProfileKind.GOROUTINE])
def test_each_stack_is_laid_to_one_function(kind: ProfileKind) -> None:
    # GIVEN stacks of own code, of a library and of the runtime alone
    frames = (
        Frame("runtime.gopark"),
        Frame("lib.Wait", "/go/pkg/mod/lib@v1/w.go", 1),
        Frame("main.work", "/src/w.go", 7),
    )
    profile = replace(
        scenes.goroutines(1, scenes.START, "x"),
        kind=kind,
        frames=frames,
        stack_frames=np.array([0, 1, 2, 0, 1, 0], dtype=np.int64),
        stack_offsets=np.array([0, 3, 5, 6, 6], dtype=np.int64),
        values=np.array([[5], [3], [1], [9]], dtype=np.int64),
        labels=(),
    )
    # WHEN the hottest functions are asked for
    found = {one.function: one.value for one in hot.hottest(profile, None)}
    # THEN own code comes first, machinery last, and an empty stack counts for nothing
    assert found == {"main.work": "5", "lib.Wait": "3", "runtime.gopark": "1"}
