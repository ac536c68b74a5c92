"""Goroutine dumps as text: what `debug=1`, `debug=2` and a panic print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from diagnose.errors import SourceError
from diagnose.signals.profile import Frame, Profile, ProfileKind, SampleType
from diagnose.sources.profiles.stacks import Gathered, Labels

_COUNTED = re.compile(rb"\A\s*(goroutine|threadcreate|goroutineleak) profile: total \d+\s*$", re.MULTILINE)
_DUMPED = re.compile(rb"^goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]\n]*\]:\s*$", re.MULTILINE)
_HEADER = re.compile(r"goroutine (\d+) (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[([^\]]*)\]:")
_MINUTES = re.compile(r"(\d+) minutes")
_PLACE = re.compile(r"\s+(.*?):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?$")
_COUNT = re.compile(r"(\d+) @((?: 0x[0-9a-f]+)*)$")
_LOCKS = re.compile(r"^(?:internal/)?sync\.\(\*(?:Mutex|RWMutex|WaitGroup|Cond)\)\.")
_POINTER = re.compile(r"0x[0-9a-f]{6,}")


def recognises(plain: bytes) -> bool:
    """Whether this is a goroutine dump."""
    return bool(_COUNTED.match(plain[:256]) or _DUMPED.search(plain[: 1 << 20]))


def decode(plain: bytes, source: str) -> Profile:
    """Goroutines with count 1 each, equal ones together; labels state, wait_s, creator, lock and id where known."""
    text = plain.decode("utf-8", "replace")
    gathered = Gathered()
    counted = _COUNTED.match(plain[:256])
    for stack, labels, count in _counted(text) if counted else _dumped(text):
        gathered.add(stack, labels, [count])
    if not gathered.stacks:
        raise SourceError(f"{source}: a goroutine dump without goroutines; fetch it again")
    what = counted.group(1).decode() if counted else "goroutine"
    profile = gathered.profile(ProfileKind(what), (SampleType(what, "count"),), producer="go", source=source)
    return replace(profile, period=1)


def _counted(text: str) -> Iterator[tuple[list[Frame], Labels, int]]:
    """Groups of `debug=1`. Leading runtime frames are hidden there; the label `hidden` says how many."""
    head: re.Match[str] | None = None
    stack: list[Frame] = []
    for line in text.splitlines():
        found = _COUNT.match(line.strip())
        if found is not None:
            if head is not None:
                yield _hidden(head, stack)
            head, stack = found, []
        elif line.startswith("#\t0x") and (frame := resolved(line)) is not None:
            stack.append(frame)
    if head is not None:
        yield _hidden(head, stack)


def resolved(line: str) -> Frame | None:
    """A comment that names an address: `#`, the address, `function+0x10` and `file:line`, with white space between."""
    parts = [part for part in line.split("\t") if part]
    file, colon, number = parts[-1].strip().rpartition(":")
    if len(parts) < 4 or not colon or not number.isdigit():
        return None
    name, plus, offset = parts[2].strip().rpartition("+0x")
    return Frame(name if plus and offset else parts[2].strip(), file, int(number))


def _hidden(head: re.Match[str], stack: list[Frame]) -> tuple[list[Frame], Labels, int]:
    hidden = max(len(head[2].split()) - len(stack), 0)
    if hidden and not stack:
        stack = [Frame("")]  # nothing is named: a leaf of which only the address is known
    return stack, (("hidden", str(hidden)),), int(head[1])


def _dumped(text: str) -> Iterator[tuple[list[Frame], Labels, int]]:
    groups: dict[tuple[tuple[Frame, ...], Labels], list[int]] = {}
    for number, block in _blocks(text):
        stack, labels = _goroutine(block)
        groups.setdefault((tuple(stack), labels), []).append(number)
    for (frames, labels), numbers in groups.items():
        yield list(frames), (*labels, ("id", str(max(numbers)))), len(numbers)


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    number = -1
    for line in text.splitlines():
        head = _HEADER.match(line)
        if head or not line.strip():
            if block:
                yield number, block
            block, number = ([line], int(head[1])) if head else ([], -1)
        elif block:
            block.append(line)
    if block:
        yield number, block


def _goroutine(block: list[str]) -> tuple[list[Frame], Labels]:
    head = _HEADER.match(block[0])
    state, wait = _state(head[2] if head else "")
    stack: list[Frame] = []
    creator = lock = ""
    for call, place in pairwise(block[1:]):
        where = _PLACE.match(place)
        if where is None or call[:1] in "\t ":
            continue
        if call.startswith("created by "):
            creator = f"{call[11:].partition(' in goroutine ')[0].strip()} {where[1]}:{where[2]}"
            continue
        name, _, arguments = _call(call)
        stack.append(Frame(name, where[1], int(where[2])))
        lock = lock or _lock(name, arguments)
    pairs = (("state", state), ("wait_s", wait), ("creator", creator), ("lock", lock))
    return stack, tuple((key, value) for key, value in pairs if value)


def _state(text: str) -> tuple[str, str]:
    minutes = _MINUTES.search(text)
    state = text.split(",", maxsplit=1)[0].strip()
    return state, str(int(minutes[1]) * 60) if minutes else ""


def _call(line: str) -> tuple[str, str, str]:
    """`pkg.(*T).Method(0x1, 0x2)`: the arguments begin at the bracket that closes at the end of the line."""
    depth = 0
    for i in range(len(line) - 1, -1, -1):
        depth += (line[i] == ")") - (line[i] == "(")
        if depth == 0 and line[i] == "(":
            return line[:i], "(", line[i + 1 : -1]
    return line, "", ""


def _lock(name: str, arguments: str) -> str:
    """The address of the lock that the goroutine waits for, as its method got it."""
    pointer = _POINTER.search(arguments.split(",", maxsplit=1)[0]) if _LOCKS.match(name) else None
    return pointer.group() if pointer else ""
