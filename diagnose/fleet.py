"""The corridor for fleets: every instance is read and weighed on its own, side by side, then all are compared."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from diagnose.checks.profiles.fleet import FleetVerdict, Held, held, judge
from diagnose.errors import NothingCollectedError
from diagnose.signals.evidence import Gap
from diagnose.sources.profiles.files import collect
from diagnose.sources.profiles.instances import Instance, instances


def compare(sources: Sequence[str], executor: Executor | None = None) -> tuple[FleetVerdict, tuple[Gap, ...]]:
    """The verdict on the instances behind the sources, and what could not be read.

    With an executor the files are read where it runs them, so they must be there under the same paths; only sums come
    back. Raises NothingCollectedError when no instance gave a profile.
    """
    found = instances(sources)
    weighed = list(map(weigh, found) if executor is None else executor.map(weigh, found))
    rows = [row for rows, _ in weighed for row in rows]
    if not rows:
        raise NothingCollectedError(f"no heap, goroutine, CPU, mutex or block profile in {', '.join(sources)}")
    return judge(rows), tuple(gap for _, gaps in weighed for gap in gaps)


def weigh(instance: Instance) -> tuple[tuple[Held, ...], tuple[Gap, ...]]:
    """Read the profiles of one instance and keep what they hold, by place."""
    profiles, gaps = collect(instance.files)
    return held(instance.name, profiles), gaps
