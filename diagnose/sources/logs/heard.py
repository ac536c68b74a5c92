"""What each entity said, and the lines of requests that can be told apart: added up in any order."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from diagnose.signals.talk import Hop, Spoken, Voice
from diagnose.sources.logs import levels

Key = tuple[int, str]
"""Level and template of a group."""
Line = tuple[float, tuple[int, int], str, Key]
"""Unix time, the number of the job and of the line in it, entity, group."""
Named = Callable[[Key], str]
_LINES = 200_000  # lines with a trace id that are held; beyond, every second trace is dropped, again and again
_HOPS = 5_000
_SAMPLES = 200
_FAILED = frozenset({levels.ERROR, levels.FATAL})


@dataclass(slots=True)
class Heard:
    """Lines per entity, group and bucket, and those of each trace unless lines are missing (not `whole`)."""

    counts: dict[tuple[str, Key], dict[int, int]] = field(default_factory=dict)
    traces: dict[str, list[Line]] = field(default_factory=dict)
    whole: bool = True
    lines: int = 0
    thin: int = 1

    def add(self, other: Heard) -> None:
        """Adds what another part of the log told."""
        for spoken, counts in other.counts.items():
            told = self.counts.setdefault(spoken, {})
            for bucket, count in counts.items():
                told[bucket] = told.get(bucket, 0) + count
        self.whole = self.whole and other.whole
        for trace, lines in other.traces.items():
            self.follow(trace, lines)

    def follow(self, trace: str, lines: Sequence[Line]) -> None:
        """Takes lines of a trace in; of too many traces the same are dropped, in whatever order they come."""
        if self.thin > 1 and zlib.crc32(trace.encode()) % self.thin:
            return
        self.traces.setdefault(trace, []).extend(lines)
        self.lines += len(lines)
        while self.lines > _LINES and self.thin < 1 << 30:
            self.thin *= 2
            for known in [each for each in self.traces if zlib.crc32(each.encode()) % self.thin]:
                self.lines -= len(self.traces.pop(known))

    def told(self, name: Named) -> tuple[tuple[Voice, ...], tuple[Hop, ...]]:
        """What each entity said, and what followed what in requests; nothing when only one entity spoke.

        `name` gives the id of a group.
        """
        if len({entity for entity, _ in self.counts}) < 2:
            return (), ()
        names = {key: name(key) for _, key in self.counts}
        return self._voices(names), self._hops(names) if self.whole else ()

    def _voices(self, names: dict[Key, str]) -> tuple[Voice, ...]:
        found: dict[Spoken, dict[int, int]] = {}
        for (entity, key), counts in self.counts.items():
            told = found.setdefault((entity, names[key]), {})
            for bucket, count in counts.items():
                told[bucket] = told.get(bucket, 0) + count
        return tuple(Voice(*spoken, dict(sorted(counts.items()))) for spoken, counts in sorted(found.items()))

    def _hops(self, names: dict[Key, str]) -> tuple[Hop, ...]:
        found: dict[tuple[Spoken, Spoken, bool], list[tuple[float, float]]] = defaultdict(list)
        for lines in map(sorted, self.traces.values()):
            if len({entity for _, _, entity, _ in lines}) < 2:
                continue
            blamed = ""
            spoken = [(entity, names[key]) for _, _, entity, key in lines]
            for (before, after), (said, answered) in zip(pairwise(lines), pairwise(spoken), strict=True):
                if not blamed and before[3][0] in _FAILED:
                    blamed = before[2]
                found[said, answered, blamed not in {"", after[2]}].append((after[0], after[0] - before[0]))
        ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))[:_HOPS]
        return tuple(_hop(*key, sorted(samples)) for key, samples in ranked)


def _hop(before: Spoken, after: Spoken, tainted: bool, samples: list[tuple[float, float]]) -> Hop:
    kept = samples[:: -(-len(samples) // _SAMPLES)]
    return Hop(before, after, tainted, tuple(round(at, 3) for at, _ in kept), tuple(round(s, 6) for _, s in kept))
