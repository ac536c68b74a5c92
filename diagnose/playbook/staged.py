"""Signals that a test stages: series in short notation, log lines, profiles, or a whole bundle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diagnose.playbook import notation
from diagnose.playbook.fields import Keys, Reader
from diagnose.playbook.marks import Tree
from diagnose.playbook.quantity import number, quantity
from diagnose.signals.window import Window, rfc3339

BEGIN = 1_770_000_000.0
"""Unix seconds at which every test begins; nothing may depend on it."""
EVERY_S = 15.0
SIGNALS: Keys = {"every": False, "series": False, "log": False, "profiles": False, "bundle": False}
LINE: Keys = {"at": False, "line": True, "every": False, "times": False}


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the log, said `times` times, `every_s` apart, from `at_s` after the beginning."""

    at_s: float
    line: str
    every_s: float
    times: int


@dataclass(frozen=True, slots=True)
class Staged:
    """What a case gives instead of answers; times are seconds after the beginning, paths as the author wrote them."""

    every_s: float = EVERY_S
    series: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)
    log: tuple[Said, ...] = ()
    profiles: tuple[tuple[float, Path], ...] = ()
    bundle: Path | None = None

    @property
    def window(self) -> Window:
        """From the beginning to one step after the last value, line or profile."""
        ends = [len(values) * self.every_s for values in self.series.values()]
        ends += [said.at_s + (said.times - 1) * said.every_s for said in self.log]
        ends += [at for at, _ in self.profiles]
        return Window(BEGIN, BEGIN + max(ends, default=0.0) + self.every_s)

    def metrics(self) -> str:
        """The series as OpenMetrics text."""
        lines = [line for name, values in self.series.items() for line in self._samples(name, values)]
        return "\n".join([*lines, "# EOF", ""])

    def _samples(self, name: str, values: tuple[float | None, ...]) -> Iterator[str]:
        for index, value in enumerate(values):
            if value is not None:
                yield f"{name} {value!r} {BEGIN + index * self.every_s}"

    def text(self) -> str:
        """The log, in the order of time."""
        said = [(one.at_s + turn * one.every_s, one.line) for one in self.log for turn in range(one.times)]
        return "".join(f"{rfc3339(BEGIN + at)} {line}\n" for at, line in sorted(said, key=lambda one: one[0]))


def staged(reader: Reader, keys: Mapping[str, Tree], *, home: Path) -> Staged | None:
    """The signals among the keys of a case, None when it has none; paths are looked for beside the test, in `home`."""
    if not SIGNALS.keys() & keys.keys():
        return None
    return Staged(
        every_s=_seconds(reader, keys.get("every"), "every") or EVERY_S,
        series=_series(reader, keys.get("series")),
        log=tuple(_said(reader, item) for item in reader.items(keys.get("log"), "log")),
        profiles=_profiles(reader, keys.get("profiles"), home),
        bundle=home / reader.text(keys["bundle"], "bundle") if "bundle" in keys else None,
    )


def _series(reader: Reader, tree: Tree | None) -> dict[str, tuple[float | None, ...]]:
    found: dict[str, tuple[float | None, ...]] = {}
    for name, part in (reader.fields(tree, "series") if tree else {}).items():
        try:
            found[name] = notation.values(reader.text(part, f"series {name!r}"))
        except ValueError as error:
            reader.wrong(part.place, "notation", f"series {name!r}: {error}")
    return found


def _said(reader: Reader, tree: Tree) -> Said:
    keys = reader.fields(tree, "an entry of log", LINE)
    times = number(reader.text(keys.get("times"), "times") or "1")
    if not isinstance(times, int) or not 1 <= times <= notation.MANY:
        reader.wrong(keys["times"].place, "wrong-type", f"times must be a whole number from 1 to {notation.MANY}")
        times = 1
    return Said(
        at_s=_seconds(reader, keys.get("at"), "at") or 0.0,
        line=reader.text(keys.get("line"), "line"),
        every_s=_seconds(reader, keys.get("every"), "every") or EVERY_S,
        times=times,
    )


def _profiles(reader: Reader, tree: Tree | None, home: Path) -> tuple[tuple[float, Path], ...]:
    found = [
        (_moment(reader, moment, part), home / reader.text(part, f"the profile at {moment}"))
        for moment, part in (reader.fields(tree, "profiles") if tree else {}).items()
    ]
    return tuple(sorted(found))


def _seconds(reader: Reader, tree: Tree | None, what: str) -> float | None:
    return _moment(reader, reader.text(tree, what), tree) if tree else None


def _moment(reader: Reader, text: str, tree: Tree) -> float:
    known = quantity(text)
    if known is None or known[1] != "s" or known[0] < 0:
        reader.wrong(tree.place, "wrong-unit", f"{text!r} must be a span of time such as 15s or 10m")
        return 0.0
    return known[0]
