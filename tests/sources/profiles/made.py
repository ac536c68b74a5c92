"""Profiles put together for tests: as protobuf bytes, from plain descriptions or at random."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from diagnose.sources.profiles import pprof_pb2 as pb

Line = tuple[str, str, int]


@dataclass
class Made:
    """Stacks of functions (leaf first, an inner list is a location with inlined lines) and values."""

    types: Sequence[tuple[str, str]] = (("samples", "count"),)
    drop: str = ""
    keep: str = ""
    default: str = ""
    time_ns: int = 0
    duration_ns: int = 0
    samples: list[tuple[list[list[Line]], list[int], dict[str, str]]] = field(default_factory=list)
    packed: bool = True
    strings: dict[str, int] = field(default_factory=lambda: {"": 0})

    def add(
        self, stack: Sequence[str | list[Line]], values: Sequence[int], labels: dict[str, str] | None = None
    ) -> Made:
        """One sample; a plain name is a location with one line."""
        rows = [[(item, f"/src/{item}.go", 1)] if isinstance(item, str) else item for item in stack]
        self.samples.append((rows, list(values), labels or {}))
        return self

    def text(self, value: str) -> int:
        return self.strings.setdefault(value, len(self.strings))

    def bytes(self) -> bytes:
        """The wire bytes, not compressed."""
        made = pb.Envelope(time_nanos=self.time_ns, duration_nanos=self.duration_ns)
        made.drop_frames, made.keep_frames = self.text(self.drop), self.text(self.keep)
        made.default_sample_type = self.text(self.default)
        for kind, unit in self.types:
            made.sample_type.append(pb.ValueType(type=self.text(kind), unit=self.text(unit)))
        functions: dict[str, int] = {}
        locations: dict[str, int] = {}
        for stack, values, labels in self.samples:
            ids = [self._location(made, functions, locations, lines) for lines in stack]
            made.sample.append(self._sample(ids, values, labels))
        made.string_table.extend(value.encode() for value in self.strings)
        return made.SerializeToString()

    def _location(
        self, made: pb.Envelope, functions: dict[str, int], locations: dict[str, int], lines: list[Line]
    ) -> int:
        key = repr(lines)
        if key not in locations:
            locations[key] = len(locations) + 1
            location = pb.Location(id=locations[key], address=0x1000 + locations[key])
            for name, file, number in lines:
                if name not in functions:
                    functions[name] = len(functions) + 1
                    row = pb.Function(id=functions[name], name=self.text(name), filename=self.text(file))
                    row.system_name = row.name
                    made.function.append(row.SerializeToString())
                location.line.append(pb.Line(function_id=functions[name], line=number))
            made.location.append(location.SerializeToString())
        return locations[key]

    def _sample(self, ids: list[int], values: list[int], labels: dict[str, str]) -> bytes:
        rows = [pb.Label(key=self.text(key), str=self.text(value)).SerializeToString() for key, value in labels.items()]
        if self.packed:
            return pb.Sample(location_id=ids, value=values, label=rows).SerializeToString()
        parts = [pb.Sample(location_id=[number]).SerializeToString() for number in ids]
        wire = b"".join(b"\x08" + part[2:] for part in parts)
        wire += b"".join(b"\x10" + pb.Sample(value=[value]).SerializeToString()[2:] for value in values)
        return wire + pb.Sample(label=rows).SerializeToString()


def anything(seed: int) -> Made:
    """A random profile: deep and shallow stacks, recursion, inlining, labels, negative and huge values, odd names."""
    dice = random.Random(seed)
    names = [f"pkg{i % 5}.fn{i}" for i in range(dice.randint(2, 30))] + [
        "runtime.mallocgc",
        "ns::call(int)",
        "tcmalloc::x",
    ]
    types = [("samples", "count"), ("cpu", "nanoseconds")][: dice.randint(1, 2)]
    made = Made(types, packed=dice.random() < 0.5)
    if dice.random() < 0.5:
        made.drop, made.keep = r"runtime\..*|tcmalloc::.*|pkg3\..*", dice.choice(["", r"pkg3\.fn3"])
    for _ in range(dice.randint(0, 60)):
        stack: list[str | list[Line]] = []
        for _ in range(dice.choice([0, 1, 3, 8, 40])):
            if dice.random() < 0.2:
                stack.append(
                    [(dice.choice(names), "/src/in.go", dice.randint(1, 9)) for _ in range(dice.randint(2, 4))]
                )
            else:
                stack.append(dice.choice(names))
        values = [dice.choice([0, 1, dice.randint(-50, 5000), 1 << dice.randint(0, 50)]) for _ in types]
        made.add(stack, values, {"k": "v"} if dice.random() < 0.3 else None)
    return made
