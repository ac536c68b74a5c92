"""Stacks that were read one by one, gathered into columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from diagnose.signals.profile import Frame, Profile, ProfileKind, SampleType

Labels = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Gathered:
    """Stacks, leaf first, that are equal in frames and labels are counted together."""

    frames: dict[Frame, int] = field(default_factory=dict)
    stacks: dict[tuple[tuple[int, ...], Labels], list[int]] = field(default_factory=dict)

    def add(self, stack: Sequence[Frame], labels: Labels, values: Sequence[int]) -> None:
        """Count a stack; its values are added to those of an equal one."""
        row = tuple(self.frames.setdefault(frame, len(self.frames)) for frame in stack)
        known = self.stacks.get((row, labels))
        if known is None:
            self.stacks[row, labels] = list(values)
        else:
            known[:] = [a + b for a, b in zip(known, values, strict=True)]

    def profile(self, kind: ProfileKind, types: tuple[SampleType, ...], *, producer: str, source: str) -> Profile:
        """All stacks as one profile, in the order in which they came."""
        rows = [row for row, _ in self.stacks]
        labels = tuple(label for _, label in self.stacks)
        return Profile(
            kind=kind,
            sample_types=types,
            default_type=len(types) - 1,
            frames=tuple(self.frames),
            stack_offsets=np.concatenate(([0], np.cumsum([len(row) for row in rows], dtype=np.int64))).astype(np.int64),
            stack_frames=np.array([frame for row in rows for frame in row], dtype=np.int64),
            values=np.array(list(self.stacks.values()), dtype=np.int64).reshape(-1, len(types)),
            labels=labels if any(labels) else (),
            producer=producer,
            source=source,
        )
