"""Heap dumps of jemalloc, as MALLOC_CONF=prof:true makes them."""

from __future__ import annotations

import pytest

from diagnose.checks.profiles.top import table
from diagnose.signals.profile import ProfileKind
from diagnose.sources.profiles.decode import decode
from diagnose.sources.profiles.legacy.textual import unsampled

DUMP = """heap_v2/65536
  t*: 349: 38720525 [{0}: {1}]
  t0: 349: 38720525 [0: 0]
@ 0x7ff4922a2630 0x556c249f2157 0x556c249f217e
  t*: 348: 38638590 [{0}: {1}]
  t0: 348: 38638590 [0: 0]
@ 0x7ff4922a2630 0x7ff491ea57ba
  t*: 1: 82704 [0: 0]
  t0: 1: 82704 [0: 0]

MAPPED_LIBRARIES:
556c249f2000-556c249f3000 r-xp 00001000 fe:00 10028265                   /app/shopd
7ff492209000-7ff4922af000 r-xp 00009000 fe:00 15630828                   /usr/lib/libjemalloc.so.2
7ff491e0b000-7ff491f3d000 r-xp 0009d000 fe:00 326585                     /usr/lib/libstdc++.so.6
"""


def test_stacks_hold_what_the_samples_stand_for() -> None:
    profile = decode(DUMP.format(0, 0).encode(), "shopd.0.f.heap")
    assert (profile.kind, profile.samples) == (ProfileKind.HEAP, 2)
    rows = {row.name: row.cum for row in table(profile).functions}
    held = unsampled(348, 38638590, 65536)[1]
    assert rows["[shopd]"] == held > 38638590
    assert rows["[libjemalloc.so.2]"] == held + unsampled(1, 82704, 65536)[1]


@pytest.mark.parametrize(("made", "types"), [(0, 2), (900, 4)])
def test_what_was_allocated_is_told_where_it_was_counted(made: int, types: int) -> None:
    profile = decode(DUMP.format(made, made * 110_000).encode(), "heap")
    assert len(profile.sample_types) == types
    assert profile.sample_types[profile.default_type].type == "inuse_space"
