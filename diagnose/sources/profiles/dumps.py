"""Thread dumps of other runtimes as text: py-spy dump, Python's faulthandler, dotnet-stack. Leaf first, all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from diagnose.errors import SourceError
from diagnose.signals.profile import Frame, Profile, ProfileKind, SampleType
from diagnose.sources.profiles.stacks import Gathered, Labels


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one program writes: the line above a thread, and a line of its stack."""

    producer: str
    head: re.Pattern[str]
    frame: re.Pattern[str]


_SHAPES = (
    _Shape(
        "python",
        re.compile(r'Thread (?P<id>\w+) \((?P<state>[\w+]+)\)(?:: "(?P<name>.*)")?$'),
        re.compile(r"    (?P<function>\S.*) \((?P<file>[^()]*?)(?::(?P<line>\d+))?\)$"),
    ),
    _Shape(
        "python",
        re.compile(
            r"(?:Current t|T)hread (?P<id>0x[0-9a-f]+)(?: \[(?P<name>[^\]]*)\])?"
            r" \((?P<state>most recent call first)\):$"
        ),
        re.compile(r'  File "(?P<file>[^"]*)", line (?P<line>\d+) in (?P<function>.+)$'),
    ),
    _Shape(
        "dotnet",
        re.compile(r"Thread \((?P<id>0x[0-9A-Fa-f]+)\):(?P<name>)(?P<state>)$"),
        re.compile(r"  (?P<file>[^\s!]*)!(?P<function>[^\s(]+)(?:\(.*\))?(?P<line>)\s*$"),
    ),
)
_SAYS_NOTHING = "most recent call first"


def recognises(plain: bytes) -> bool:
    """Whether one of the first lines stands above a thread of such a dump, and one below it is of a stack."""
    return _shape(plain[: 1 << 16].decode("utf-8", "replace")) is not None


def decode(plain: bytes, source: str) -> Profile:
    """Threads with count 1 each; labels name and, where the dump tells it, state. Raises SourceError."""
    text = plain.decode("utf-8", "replace")
    shape = _shape(text)
    gathered = Gathered()
    for stack, labels in _threads(text, shape) if shape is not None else ():
        gathered.add(stack, labels, [1])
    if shape is None or not gathered.stacks:
        raise SourceError(f"{source}: a thread dump without threads; take it again")
    types = (SampleType("threads", "count"),)
    return gathered.profile(ProfileKind.THREADS, types, producer=shape.producer, source=source)


def _shape(text: str) -> _Shape | None:
    lines = text.splitlines()
    for shape in _SHAPES:
        headed = next((i for i, line in enumerate(lines) if shape.head.match(line)), len(lines))
        if any(shape.frame.match(line) for line in lines[headed + 1 : headed + 40]):
            return shape
    return None


def _threads(text: str, shape: _Shape) -> Iterator[tuple[list[Frame], Labels]]:
    head: re.Match[str] | None = None
    stack: list[Frame] = []
    for line in text.splitlines():
        if (found := shape.head.match(line)) is not None:
            if head is not None:
                yield stack, _labels(head)
            head, stack = found, []
        elif head is not None and (frame := shape.frame.match(line)) is not None:
            stack.append(Frame(frame["function"], frame["file"] or "", int(frame["line"] or 0)))
    if head is not None:
        yield stack, _labels(head)


def _labels(head: re.Match[str]) -> Labels:
    state = head["state"] if head["state"] != _SAYS_NOTHING else ""
    pairs = (("name", head["name"] or head["id"]), ("state", state))
    return tuple((key, value) for key, value in pairs if value)
