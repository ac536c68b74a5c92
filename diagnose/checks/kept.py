"""What kind of thing the growing heap keeps, as far as stacks and their names tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from diagnose.checks.case import Case
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Finding, no, unknown, yes
from diagnose.checks.observe import of_profile, profile_gap
from diagnose.signals.evidence import Signal
from diagnose.signals.profile import Profile, ProfileKind

LEAST = 4 << 20  # bytes: a sampled heap is exact to about half a MiB a place
LARGE = 32 << 10  # bytes a piece: what Go no longer allocates by size class, so an array and no entry
ARRAYS = "arrays"
NAMES: Mapping[str, re.Pattern[str]] = {
    "listeners": re.compile(
        r"(?i)subscri|listener|observer|watcher|callback|add_?handler|"
        r"^os/signal\.Notify$|^context\.(?:With(?:Cancel|Timeout|Deadline)|AfterFunc|\(\*cancelCtx\)\.propagateCancel)"
    ),
    "registry": re.compile(r"(?i)regist(?:er|ry)|\(\*metricMap\)\.getOrCreate|^expvar\."),
    "cache": re.compile(
        r"(?i)cache|memo(?:i[sz]e|$|[A-Z_])|\blru\b|remember|intern(?:ed|$)|"
        r"^container/list\.|^sync\.\(\*Map\)\.|^internal/sync\.\(\*HashTrieMap|^(?:internal/)?runtime[/.]map"
    ),
}
"""Names of functions and types by what those who call them so keep; Go's own are those of its standard library.

Go hides the frames of its runtime in a heap profile, so a map shows by the names around it alone.
"""
KINDS = (ARRAYS, *NAMES)
_TOLD = {ARRAYS: f"in pieces of {LARGE >> 10} KiB and more"}


@dataclass(frozen=True, slots=True)
class _Kept:
    """Functions of one stack, innermost first, and by how many bytes and objects it holds more than before."""

    functions: tuple[str, ...]
    size: int
    objects: int


def keeps(case: Case, *, kind: str, share: float) -> Finding:
    """Whether a share of what the heap holds more than before is of a kind (one of KINDS)."""
    pair = case.pairs.get(ProfileKind.HEAP)
    if pair is None:
        return unknown("no heap profile of the incident", profile_gap(case, ProfileKind.HEAP))
    grown = list(_grown(*pair))
    total = sum(one.size for one in grown)
    if total < LEAST:
        return no(f"the heap holds only {total / 2**20:.1f} MiB more than before")
    part = sum(one.size for one in grown if _is(kind, one)) / total
    told = f"{part:.0%} of what the heap holds more is {_TOLD.get(kind, f'kept under names of {kind}')}"
    if part < share:
        return no(told)
    seen = of_profile(case, ProfileKind.HEAP, title=told, numbers=(None, part, "ratio"), strength=part)
    return yes(told, strength=part, evidence=(seen,))


def _is(kind: str, kept: _Kept) -> bool:
    if kind == ARRAYS:
        return kept.objects > 0 and kept.size >= LARGE * kept.objects
    return any(NAMES[kind].search(function) for function in kept.functions)


def _grown(base: Profile | None, newest: Profile) -> Iterator[_Kept]:
    before = _held(base) if base is not None else {}
    for functions, (size, objects) in sorted(_held(newest).items()):
        old_size, old_objects = before.get(functions, (0, 0))
        if size > old_size:
            yield _Kept(functions, size - old_size, objects - old_objects)


def _held(profile: Profile) -> dict[tuple[str, ...], tuple[int, int]]:
    """By stack the bytes and the objects in use; no objects where the profile does not count them."""
    columns = {each.type: index for index, each in enumerate(profile.sample_types)}
    sizes = profile.values[:, columns.get("inuse_space", profile.default_type)]
    counted = columns.get("inuse_objects")
    objects = profile.values[:, counted] if counted is not None else np.zeros_like(sizes)
    held: dict[tuple[str, ...], tuple[int, int]] = {}
    for row in np.flatnonzero(sizes):
        stack = profile.stack_frames[profile.stack_offsets[row] : profile.stack_offsets[row + 1]]
        functions = tuple(profile.frames[frame].function for frame in stack)
        size, count = held.get(functions, (0, 0))
        held[functions] = (size + int(sizes[row]), count + int(objects[row]))
    return held


CHECKS = (
    Check(
        CheckSpec(
            "heap.keeps",
            "Is what the heap holds more than before of this kind?",
            {
                "kind": ParameterSpec(str, title="what is kept", choices=KINDS),
                "share": ParameterSpec(float, 0.5, "ratio", "least share of the growth"),
            },
            (Signal.PROFILE,),
        ),
        keeps,
    ),
)
