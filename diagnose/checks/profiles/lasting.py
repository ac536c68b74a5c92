"""Which blocked goroutines will stay where they are, and which are workers without work or wait for their turn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from diagnose.checks.profiles.goroutines import GoroutineVerdict
from diagnose.checks.profiles.groups import Group
from diagnose.checks.profiles.waits import Wait

_LONG_S = 60.0
_CROWD, _CROWD_SHARE = 30, 0.3
_LEAST_GROWN, _SHARE_GROWN = 3, 0.02
_TIED = 0.05
_HOPELESS = ("chan receive (nil chan)", "chan send (nil chan)", "select (no cases)")
_TEST = "testing.tRunner"
_RESTS = frozenset({Wait.CHANNEL_RECEIVE, Wait.SELECT, Wait.CONDITION, Wait.IO, Wait.BLOCKED})
"""Waits in which healthy workers spend their time."""
_MOVES = frozenset({Wait.RUNNING, Wait.SERVING, Wait.SLEEP, Wait.UPSTREAM, Wait.IO})
_DOORS = (".Accept", ".accept", "os/signal.loop", "net/http.(*conn).serve")
_CLOSURE = re.compile(r"\.func\d+.*$")
_METHOD = re.compile(r"\.\(\*\w+(?:\[.*\])?\)")


@dataclass(frozen=True, slots=True)
class Scene:
    """All groups of the last snapshot, those of own code that are blocked, and all of the first snapshot, if any."""

    found: tuple[Group, ...]
    blocked: tuple[Group, ...]
    earlier: tuple[Group, ...]
    verdict: GoroutineVerdict

    @property
    def timed(self) -> bool:
        """Whether waits of a minute are told: then a wait without a time is shorter."""
        return any((group.wait_s or 0) >= _LONG_S for group in self.found)


def stays(group: Group, scene: Scene) -> bool:
    """Whether a blocked group stays for good.

    It does when its wait has no end (nil channel, the runtime says it is leaked), when it has waited for a minute or
    since the first snapshot in a lock, in a send, or in a test that others wait for, when it is what has grown most
    between two snapshots, or one of a crowd that makes up a third of the program. Of a crowd that did not grow, and of
    single receivers and selects, nothing is said: they are workers without work.
    """
    if "leaked" in group.state or (group.state in _HOPELESS and not _in_main(group)):
        return True
    verdict = scene.verdict
    if scene.earlier and verdict.kind == "leak" and group.function == verdict.function:
        return True
    return group.wait is not Wait.SLEEP and (_crowd(group, scene) or _held_up(group, scene))


def _in_main(group: Group) -> bool:
    return any(frame.function == "main.main" for frame in group.stack)


def _held_up(group: Group, scene: Scene) -> bool:
    """Whether it waits for something that ought to come soon, and has not come."""
    test = any(frame.function == _TEST for frame in group.stack)
    if not (group.wait in (Wait.LOCK, Wait.CHANNEL_SEND) or test) or (_in_main(group) and not test):
        return False
    if (group.wait_s or 0) >= _LONG_S:
        return True
    if not test and (scene.timed or (group.wait is not Wait.LOCK and _kin_moves(group, scene))):
        return False
    busy = any(other.wait in (Wait.RUNNING, Wait.SERVING) for other in scene.found if other.function)
    return 0 < group.before <= group.count or (not busy and not group.before)


def _kin_moves(group: Group, scene: Scene) -> bool:
    """Whether code of the same function or type does something: then a full channel is emptied, if slowly."""
    kin = _kin(group.function)
    moving = (other for other in scene.found if other.wait in _MOVES and other.function)
    return any(_kin(frame.function) == kin for other in moving for frame in other.stack)


def _kin(function: str) -> str:
    """The function that a closure is of, and the type that a method is of."""
    outer = _CLOSURE.sub("", function)
    found = _METHOD.search(outer)
    return outer[: found.end()] if found else outer


def _crowd(group: Group, scene: Scene) -> bool:
    alike = [other for other in scene.blocked if other.function == group.function and other.wait is not Wait.SLEEP]
    count = sum(other.count for other in alike)
    if group.serving or count < max(_CROWD, _CROWD_SHARE * sum(other.count for other in scene.blocked)):
        return False
    if scene.timed and group.wait is not Wait.SELECT and not any((other.wait_s or 0) >= _LONG_S for other in alike):
        return False  # every wait ends; only a select may be woken by a ticker and still never leave
    if not scene.earlier:
        return not (group.wait in _RESTS and _tied(count, scene))
    before = _inside(group.function, scene.earlier)
    grown = _inside(group.function, scene.found) - before
    rests = _kin_moves(group, scene) or (group.wait in _RESTS and _alive(scene))
    return not rests or grown >= max(_LEAST_GROWN, _SHARE_GROWN * before)


def _alive(scene: Scene) -> bool:
    """Whether anything happens or may come from outside: where nothing does, workers without work are left behind."""
    return any(
        other.wait in _MOVES or any(frame.function.endswith(_DOORS) for frame in other.stack) for other in scene.found
    )


def _inside(function: str, among: Sequence[Group]) -> int:
    """How many goroutines are in a function, whatever they do there: the size of a pool, with those that work."""
    return sum(group.count for group in among if any(frame.function == function for frame in group.stack))


def _tied(count: int, scene: Scene) -> bool:
    """Whether there is one of them for each open connection that a function of own code reads from."""
    reading = [group for group in scene.found if group.wait is Wait.UPSTREAM and group.function and not group.serving]
    counts: Counter[str] = Counter()
    for group in reading:
        counts[group.function] += group.count
    return any(abs(number - count) <= _TIED * count for number in counts.values())
