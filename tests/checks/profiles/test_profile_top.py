"""Flat and cum against a plain count, sample by sample."""

from __future__ import annotations

import pytest

from diagnose.checks.profiles.top import diff, printable, table
from diagnose.errors import UsageError
from diagnose.signals.profile import Profile
from diagnose.sources.profiles.decode import decode
from tests.checks.profiles.shots import CPU, GOROUTINE, shot
from tests.sources.profiles.made import Made, anything


def plainly(profile: Profile, column: int) -> dict[str, tuple[int, int]]:
    """The definition: flat goes to the leaf, cum to each function of the stack once."""
    flat: dict[str, int] = {}
    cum: dict[str, int] = {}
    for sample in range(profile.samples):
        names = [printable(frame) for frame in profile.stack(sample)]
        value = int(profile.values[sample, column])
        for name in set(names):
            cum[name] = cum.get(name, 0) + value
        if names:
            flat[names[0]] = flat.get(names[0], 0) + value
    both = {name: (flat.get(name, 0), cum[name]) for name in cum}
    return {name: values for name, values in both.items() if any(values)}


@pytest.mark.parametrize("seed", range(40))
def test_every_function_of_random_profiles(seed: int) -> None:
    profile = decode(anything(seed).bytes(), "x")
    for column, item in enumerate(profile.sample_types):
        rows = table(profile, item.type).functions
        assert {row.name: (row.flat, row.cum) for row in rows} == plainly(profile, column)
        assert [abs(row.flat) for row in rows] == sorted((abs(row.flat) for row in rows), reverse=True)


def test_many_functions_and_samples_go_through_several_tables() -> None:
    made = Made([("samples", "count")])
    for i in range(3000):
        made.add([f"f{i % 700}", f"g{i % 13}", f"f{(i * 7) % 700}"], [i])
    profile = decode(made.bytes(), "x")
    assert {row.name: (row.flat, row.cum) for row in table(profile).functions} == plainly(profile, 0)


def test_values_beyond_exact_floats_are_exact() -> None:
    huge = (1 << 61) + 1
    rows = table(shot(GOROUTINE, {"a b": [huge], "c b": [huge]})).functions
    assert {row.name: row.cum for row in rows} == {"a": huge, "c": huge, "b": 2 * huge}


def test_recursion_counts_once() -> None:
    assert table(shot(GOROUTINE, {"a b a b main.main": [5]})).functions[0].cum == 5


def test_the_default_type_is_pprofs_choice() -> None:
    profile = shot(CPU, {"a": [1, 10]})
    assert (table(profile).sample_type, table(profile).total) == ("cpu", 10)
    assert table(profile, "samples").unit == "count"
    with pytest.raises(UsageError, match="it has samples, cpu"):
        table(profile, "inuse_space")


def test_a_difference_is_signed_and_drops_what_stayed() -> None:
    base = shot(CPU, {"a main.main": [1, 10], "b main.main": [1, 5], "c main.main": [2, 7]})
    now = shot(CPU, {"a main.main": [1, 30], "b main.main": [1, 5], "d main.main": [1, 1]})
    found = diff(base, now)
    assert {row.name: (row.flat, row.cum) for row in found.functions} == {
        "a": (20, 20),
        "c": (-7, -7),
        "d": (1, 1),
        "main.main": (0, 14),
    }
    assert found.total == 22


def test_an_empty_profile_has_no_functions() -> None:
    assert table(shot(CPU, {})).functions == ()
