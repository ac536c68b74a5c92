"""Thread dumps of a JVM in known scenarios: what each shows most of all."""

from __future__ import annotations

from pathlib import Path

from diagnose.checks.profiles.threads import judge
from diagnose.sources.profiles.files import collect
from score.figures import share
from score.public.result import Figure, Result

SHOWS = {
    "cpu-hotspot": "hot threads",
    "thread-pool-exhaustion": "an exhausted pool",
    "mixed-workload": "a blocker",
    "file-io": "hot threads",
    "producer-consumer": "nothing hot, nobody dead",
    "class-loading": "nothing hot, nobody dead",
}
"""What the scenario of a name must show."""


def scenarios(folder: Path) -> Result:
    """All dumps of a scenario together, as a person would take them."""
    good, wrong = [], []
    for place in sorted((folder / "scenarios").iterdir()):
        expected = SHOWS.get(place.name)
        if expected is None:
            continue
        shown = seen(place)
        good.append(expected in shown)
        if not good[-1]:
            wrong.append(f"`{place.name}`: expected {expected}, saw {', '.join(sorted(shown)) or 'nothing'}")
    return Result("jvm-dumps", (Figure("what the scenario is made of is seen", share(good), "–"),), wrong)


def seen(place: Path) -> set[str]:
    """What the engine says of the dumps."""
    verdict = judge(collect([str(place)])[0])
    hot = any(thread.hot for thread in verdict.hot)
    found = {"hot threads"} if hot else set()
    found |= {"an exhausted pool"} if any(pool.exhausted for pool in verdict.pools) else set()
    found |= {"a blocker"} if verdict.blockers else set()
    return found | ({"nothing hot, nobody dead"} if not hot and not verdict.deadlocks else set())
