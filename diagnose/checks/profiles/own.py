"""Whether a frame is the application's own code: what someone on call can open and change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.profiles import crates, foreign
from diagnose.checks.profiles.gomodule import GoModule, go_module
from diagnose.signals.profile import Frame, Profile

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class OwnCode:
    """Tells own code from the runtime, the standard library and dependencies; call it with a frame.

    `ours` and `theirs` are prefixes of function names that settle the question before any rule.
    """

    language: str
    module: GoModule
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    _memo: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, frame: Frame) -> bool:
        """Whether this frame is own code."""
        key = frame.function, frame.file
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = self._judge(frame)
        return known

    def first(self, stack: Iterable[Frame]) -> Frame | None:
        """The own frame nearest to the leaf."""
        return next((frame for frame in stack if self(frame)), None)

    def flags(self, frames: Sequence[Frame]) -> Flags:
        """One flag a frame."""
        return np.fromiter(map(self, frames), dtype=np.bool_, count=len(frames))

    def _judge(self, frame: Frame) -> bool:
        name = frame.function
        if not name or name.startswith(self.theirs or ("\0",)):
            return False
        if name.startswith(self.ours or ("\0",)):
            return True
        if any(place in frame.file for place in foreign.FOREIGN_PLACES) and not frame.file.endswith(".go"):
            return False
        if frame.file.endswith((".go", ".s")) or (self.language == "go" and "." not in frame.file):
            return self.module.owns(frame)
        return _own_elsewhere(frame, self.language)


def own_code(profiles: Sequence[Profile], *, ours: Sequence[str] = (), theirs: Sequence[str] = ()) -> OwnCode:
    """A classifier that knows the application from the profiles themselves."""
    frames = [frame for profile in profiles for frame in profile.frames]
    languages = [profile.producer for profile in profiles if profile.producer]
    language = max(sorted(set(languages)), key=languages.count) if languages else ""
    return OwnCode(language, go_module(frames), tuple(ours), tuple(theirs))


def profiler(stack: Iterable[Frame]) -> bool:
    """Whether the stack belongs to somebody who takes a profile."""
    return any(frame.function.startswith(foreign.PROFILER) for frame in stack)


def _own_elsewhere(frame: Frame, language: str) -> bool:
    name = frame.function.replace("/", ".") if language == "jvm" else frame.function
    if language == "jvm":
        return "." in name and not name.startswith(foreign.JVM_FOREIGN) and "::" not in name
    if language == "rust":
        return crates.own_rust(name)
    if language == "go":
        return False  # C code called by Go
    if language == "native":
        return not name.startswith(crates.NATIVE_FOREIGN) and not frame.mapping.startswith(crates.SYSTEM_LIBRARIES)
    if language == "node":
        return bool(frame.file)
    return bool(frame.file) or "." in name
