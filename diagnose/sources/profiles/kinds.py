"""What a profile measures, told from its sample types and frames."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnose.signals.profile import Frame, Profile, ProfileKind

_BY_TYPE = {
    "goroutine": ProfileKind.GOROUTINE,
    "goroutineleak": ProfileKind.GOROUTINE_LEAK,
    "threadcreate": ProfileKind.THREADCREATE,
    "thread": ProfileKind.THREADCREATE,
    "inuse_space": ProfileKind.HEAP,
    "inuse_objects": ProfileKind.HEAP,
    "space": ProfileKind.HEAP,
    "heap_space": ProfileKind.HEAP,
    "alloc_space": ProfileKind.ALLOCS,
    "alloc_objects": ProfileKind.ALLOCS,
    "alloc": ProfileKind.ALLOCS,
    "allocations": ProfileKind.ALLOCS,
    "cpu": ProfileKind.CPU,
    "cpu_time": ProfileKind.CPU,
    "samples": ProfileKind.CPU,
    "contentions": ProfileKind.OTHER,
    "delay": ProfileKind.OTHER,
}
_VOTERS = 1000
_RELEASES = ("Unlock", "RUnlock", "unlock", "unlock2", "unlockWithRank", "_LostContendedRuntimeLock", "semrelease1")


def kind_of(profile: Profile) -> ProfileKind:
    """The kind by sample types; heap and allocs by the default type, mutex and block by what the leaves do.

    A contention profile without samples stays OTHER: nothing in it tells which one it is.
    """
    names = {item.type for item in profile.sample_types}
    if {"contentions", "delay"} <= names:
        return _contention(profile)
    if names >= {"inuse_space", "alloc_space"}:
        chosen = profile.sample_types[profile.default_type].type
        return ProfileKind.ALLOCS if chosen.startswith("alloc") else ProfileKind.HEAP
    if "wall" in names and profile.producer == "node":
        return ProfileKind.CPU  # of the one thread that runs JavaScript, while it does
    plain = [name.replace("-", "_") for name in names]
    found = [_BY_TYPE[name] for name in plain if name in _BY_TYPE]
    return next((kind for kind in ProfileKind if kind in found), ProfileKind.OTHER)


def _contention(profile: Profile) -> ProfileKind:
    """Mutex profiles blame the release of a lock, block profiles the wait."""
    if not profile.samples:
        return ProfileKind.OTHER
    filled = np.flatnonzero(np.diff(profile.stack_offsets))
    leaves = [profile.frames[i].function for i in profile.stack_frames[profile.stack_offsets[filled]]]
    releases = sum(name.rpartition(".")[2] in _RELEASES for name in leaves)
    return ProfileKind.MUTEX if 2 * releases > len(leaves) else ProfileKind.BLOCK


def producer_of(frames: Sequence[Frame]) -> str:
    """The runtime that the frames come from: go, jvm, python, node, rust, native, or empty when nothing tells.

    Of many frames some thousand vote; as every runtime stands on a library in C, native is what is left.
    """
    votes = dict.fromkeys(("go", "jvm", "python", "node", "rust"), 0)
    marks = [_mark(frame) for frame in frames[:: len(frames) // _VOTERS + 1]]
    for mark in marks:
        if mark in votes:
            votes[mark] += 1
    best = max(votes, key=lambda name: votes[name])
    return best if votes[best] else "native" if "native" in marks else ""


_SUFFIXES = {
    ".go": "go",
    ".s": "go",
    ".java": "jvm",
    ".kt": "jvm",
    ".scala": "jvm",
    ".py": "python",
    ".js": "node",
    ".ts": "node",
    ".mjs": "node",
    ".rs": "rust",
    ".cc": "native",
    ".cpp": "native",
    ".c": "native",
    ".h": "native",
}


_RUST = ("core::", "<core::", "std::rt::", "std::sys::", "alloc::", "<alloc::", "tokio::")


def _mark(frame: Frame) -> str:
    name, file = frame.function, frame.file
    dot = file.rfind(".")
    if name.startswith(_RUST) and not file.endswith(".go"):
        return "rust"
    if dot > 0 and (mark := _SUFFIXES.get(file[dot:])):
        return mark
    if name.startswith("runtime.") or (name.startswith("main.") and ".(*" in name):
        return "go"
    if name.startswith(("java/", "java.", "jdk.", "sun.", "Java_")):
        return "jvm"
    return ""
