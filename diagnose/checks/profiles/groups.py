"""Goroutines with equal stacks as groups, compared between two snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from diagnose.checks.profiles.locate import name_of, place
from diagnose.checks.profiles.own import OwnCode
from diagnose.checks.profiles.waits import Wait, serving, wait_of
from diagnose.signals.profile import Frame, Profile

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Goroutines of one stack: `count` now, `before` in the baseline, `wait_s` the longest wait known in seconds.

    `function` and `location` name the own code that waits, or for a stack of library code alone the creator.
    """

    wait: Wait
    state: str
    function: str
    location: str
    count: int
    before: int
    wait_s: float | None
    creator: str
    lock: str
    serving: bool
    stack: tuple[Frame, ...]

    @property
    def growth(self) -> int:
        """How many more there are than in the baseline."""
        return self.count - self.before

    @property
    def key(self) -> Key:
        """What is equal in two snapshots of the same waits."""
        return _key(self.stack)


def groups(base: Profile | None, incident: Profile, own: OwnCode) -> tuple[Group, ...]:
    """The groups of the incident, largest first, each with its count in the baseline."""
    before: dict[Key, int] = {}
    for group in _groups(base, own) if base is not None else ():
        before[group.key] = before.get(group.key, 0) + group.count
    found = (replace(group, before=before.get(group.key, 0)) for group in _groups(incident, own))
    return tuple(sorted(found, key=lambda group: (-group.count, group.key)))


def _groups(profile: Profile, own: OwnCode) -> tuple[Group, ...]:
    merged: dict[tuple[Key, Wait], Group] = {}
    for sample in range(profile.samples):
        labels = dict(profile.labels[sample]) if profile.labels else {}
        count = int(profile.values[sample, profile.default_type])
        if count <= 0:
            continue
        group = _group(profile.stack(sample), labels, own, count)
        known = merged.get((group.key, group.wait))
        merged[group.key, group.wait] = group if known is None else _merge(known, group)
    return tuple(merged.values())


def _group(stack: tuple[Frame, ...], labels: Mapping[str, str], own: OwnCode, count: int) -> Group:
    said = dict(labels)
    frame = own.first(stack)
    creator, _, created = said.get("creator", "").partition(" ")
    function, location = (name_of(frame), place(frame)) if frame else (creator, created)
    if frame is None and not _own_creator(creator, created, own):
        function = location = ""
    return Group(
        wait=wait_of(stack, said, own),
        state=said.get("state", ""),
        function=function,
        location=location,
        count=count,
        before=0,
        wait_s=float(said["wait_s"]) if "wait_s" in said else None,
        creator=creator,
        lock=said.get("lock", ""),
        serving=serving(stack),
        stack=stack,
    )


def _own_creator(creator: str, created: str, own: OwnCode) -> bool:
    file, _, line = created.rpartition(":")
    return bool(creator) and own(Frame(creator, file, int(line) if line.isdigit() else 0))


def _merge(first: Group, other: Group) -> Group:
    waits = [wait for wait in (first.wait_s, other.wait_s) if wait is not None]
    return replace(
        first,
        count=first.count + other.count,
        wait_s=max(waits) if waits else None,
        creator=first.creator or other.creator,
        lock=first.lock or other.lock,
    )


def _key(stack: tuple[Frame, ...]) -> Key:
    """Functions and lines without the runtime's own frames, which some formats leave out."""
    return tuple(f"{frame.function}:{frame.line}" for frame in stack if not frame.function.startswith("runtime."))
