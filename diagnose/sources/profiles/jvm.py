"""HotSpot thread dumps: what jstack, `jcmd Thread.print` and kill -3 write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagnose.errors import SourceError
from diagnose.signals.profile import Frame, Profile, ProfileKind, SampleType
from diagnose.sources.profiles.stacks import Gathered, Labels

_HEAD = re.compile(r'^"(?P<name>.*?)"(?P<rest>(?: #\d+| \[\d+\]| daemon| virtual| prio=| os_prio=| cpu=| tid=).*)$')
_STATE = re.compile(r"^\s+java\.lang\.Thread\.State: (\w+)(?: \(([^)]*)\))?")
_FRAME = re.compile(r"^\s+at (?P<call>[^\s(]+(?:\([^)]*\))*)\((?P<place>[^()]*)\)\s*$")
_OBJECT = re.compile(r"<(0x[0-9a-fA-F]+)>(?: \(an? ([^)]*)\))?")
_NUMBER = {
    "cpu_s": re.compile(r" cpu=([\d.]+)(ms|s)\b"),
    "elapsed_s": re.compile(r" elapsed=([\d.]+)(ms|s)\b"),
}
_WAITS = ("waiting to lock", "waiting to re-lock", "parking to wait for", "waiting on")


def recognises(plain: bytes) -> bool:
    """Whether this is a thread dump of a HotSpot JVM."""
    head = plain[: 1 << 20]
    return b"Full thread dump " in head or (b"java.lang.Thread.State: " in head and b" tid=0x" in head)


def decode(plain: bytes, source: str) -> Profile:
    """Threads with count 1 each.

    Labels: name, state (as the JVM calls it, with the reason), lock and lock_class (what it waits for), holds
    (addresses with commas), cpu_s, elapsed_s, and deadlock where the JVM itself found one. The clock in the dump has
    no zone, so `taken_at` stays None. Raises SourceError.
    """
    text = plain.decode("utf-8", "replace")
    gathered = Gathered()
    doomed = _deadlocked(text)
    for head, rest, body in _threads(text):
        stack, labels = _thread(head, rest, body)
        extra = (("deadlock", doomed[head]),) if head in doomed else ()
        gathered.add(stack, labels + extra, [1])
    if not gathered.stacks:
        raise SourceError(f"{source}: a thread dump without threads; take it again with `jcmd PID Thread.print -l`")
    return gathered.profile(ProfileKind.THREADS, (SampleType("threads", "count"),), producer="jvm", source=source)


def _threads(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Name, the rest of the header line and the indented lines of every thread; the deadlock report is not one."""
    name, rest, body = "", "", list[str]()
    for line in text.partition("\nFound ")[0].splitlines():
        head = _HEAD.match(line)
        if head:
            if rest:
                yield name, rest, body
            name, rest, body = head["name"], head["rest"], []
        elif rest and line[:1] in " \t":
            body.append(line)
    if rest:
        yield name, rest, body


def _thread(name: str, rest: str, body: list[str]) -> tuple[list[Frame], Labels]:
    stack: list[Frame] = []
    labels: dict[str, str] = {"name": name, "state": _native_state(rest)}
    holds: dict[str, None] = {}
    for line in body:
        if (frame := _FRAME.match(line)) is not None:
            stack.append(_frame(frame["call"], frame["place"]))
        elif (state := _STATE.match(line)) is not None:
            labels["state"] = f"{state[1]} ({state[2]})" if state[2] else state[1]
        else:
            _monitor(line, labels, holds)
    for held in list(holds):
        if held == labels.get("lock") and "waiting on" in labels.get("how", ""):
            del holds[held]  # Object.wait gives the monitor back while it waits
    labels["holds"] = ",".join(holds)
    labels |= {key: number for key, rule in _NUMBER.items() if (number := _seconds(rule.search(rest)))}
    return stack, tuple((key, value) for key, value in labels.items() if value)


def _monitor(line: str, labels: dict[str, str], holds: dict[str, None]) -> None:
    found = _OBJECT.search(line)
    if found is None:
        return
    how = next((wait for wait in _WAITS if wait in line), "")
    if how:
        if "lock" not in labels:
            labels |= {"lock": found[1], "lock_class": found[2] or "", "how": how}
    elif "locked" in line or line.strip().startswith("- <"):
        holds[found[1]] = None


def _native_state(rest: str) -> str:
    """What the header line says when there is no Java state: runnable, waiting on condition and the like."""
    said = rest.rpartition("=")[2].partition(" ")[2]
    return said.partition("[0x")[0].strip()


def _seconds(found: re.Match[str] | None) -> str:
    if found is None:
        return ""
    return f"{float(found[1]) * (0.001 if found[2] == 'ms' else 1.0):.6g}"


def _frame(call: str, place: str) -> Frame:
    module, _, position = place.rpartition("/")
    file, _, line = position.partition(":")
    known = file.endswith((".java", ".kt", ".scala", ".groovy", ".clj"))
    return Frame(call, file if known else "", int(line) if line.isdigit() else 0, module)


def _deadlocked(text: str) -> dict[str, str]:
    """Threads that the JVM itself reports as deadlocked, with the number of the cycle."""
    found: dict[str, str] = {}
    cycles = re.split(r"^Found (?:one|a|\d+) [^\n]*deadlock[^\n]*$", text, flags=re.MULTILINE)[1:]
    for number, report in enumerate(cycles, 1):
        for line in report.partition("Java stack information")[0].splitlines():
            if (hit := re.match(r'^"(.*)":\s*$', line)) is not None:
                found.setdefault(hit[1], str(number))
    return found
