"""The application's own code in the stack trace of a log record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from diagnose.checks.profiles.crates import own_rust
from diagnose.checks.profiles.foreign import FOREIGN_PLACES, GO_DEPENDENCIES, JVM_FOREIGN
from diagnose.checks.profiles.gomodule import go_module, package_of
from diagnose.signals.events import Pattern
from diagnose.signals.profile import Frame

_GO_NAME = re.compile(r"[\w./%~-]+(?:\.(?:\(\*?[\w\[\].,/·-]+\)|[\w\[\].·-]+))*")
_GO_IN = re.compile(r" in goroutine \d+$")
_GO_PLACE = re.compile(r"\s*(?P<file>\S+\.go):(?P<line>\d+)")
_PANICS = re.compile(r"\bpanic\b|runtime\.(?:gopanic|sigpanic)")
_GO_GOROUTINE = re.compile(r"goroutine \d+ \[")
_JAVA = re.compile(r"\s*at (?:[\w.@-]+/{1,2})?(?P<name>[\w$.]+\.[\w$<>]+)\((?P<file>[^:()]*)(?::(?P<line>\d+))?\)")
_PYTHON = re.compile(r"\s*File \"(?P<file>[^\"]+)\", line (?P<line>\d+)(?:, in (?P<name>\S+))?")
_NODE = re.compile(
    r"\s*at (?:async )?(?:(?P<name>[^()]+?) (?:\[as \w+\] )?)?\(?(?:file://)?(?P<file>(?:[A-Za-z]:\\|/|node:|webpack:|\.)[^():]*?):(?P<line>\d+):\d+\)?\s*$"
)
_DOTNET = re.compile(
    r"\s*at (?P<name>[\w.`<>+\[\],|]+)\((?P<args>[^)]*)\)(?: in (?P<file>.+?):line (?P<line>\d+))?\s*$"
)
_RUBY = re.compile(r"\s*(?:from )?(?P<file>[\w./@-]+\.r(?:b|u|ake)):(?P<line>\d+):in [`'](?P<name>[^']+)'")
_PHP = re.compile(r"#\d+ (?P<file>/[^(]+)\((?P<line>\d+)\): (?P<name>[\w\\:>-]+)")
_PHP_PLACE = re.compile(r".* in (?P<file>/\S+\.php)(?: on line |:)(?P<line>\d+)")
_RUST = re.compile(r"\s*\d+: (?:0x[0-9a-f]+ - )?(?P<name>[\w:<>{}$# ]+)\s*$")
_RUST_PLACE = re.compile(r"\s+at (?P<file>\S+\.rs):(?P<line>\d+)")
_RUST_PANIC = re.compile(r"thread '.*'(?: \(\d+\))? panicked at (?:.*, )?(?P<file>[^\s:,]+\.rs):(?P<line>\d+):\d+")
_ELIXIR = re.compile(
    r"\s*(?:\((?P<app>\w+) [\d.]+[^)]*\) )?(?P<file>[\w./-]+\.(?:exs?|erl)):(?P<line>\d+): (?P<name>\S+)\s*$"
)
_DOTNET_FOREIGN = (
    "System.",
    "Microsoft.",
    "Npgsql.",
    "Newtonsoft.",
    "Grpc.",
    "StackExchange.",
    "Polly.",
    "Serilog.",
    "MediatR.",
    "Autofac.",
    "Dapper.",
    "MySql.",
    "RabbitMQ.",
    "Confluent.",
)
_ELIXIR_FOREIGN = re.compile(
    r"elixir|stdlib|kernel|(?:phoenix|plug|ecto|cowboy|postgrex|telemetry|tesla)(?:_\w+)?|db_connection|myxql|ranch|"
    r"bandit|thousand_island|absinthe|oban|broadway|gen_stage|finch|mint|jason|hackney|logger"
)
_RUBY_FOREIGN = ("/gems/", "/ruby/", "/rubygems/", "<internal:")
_PHP_FOREIGN = ("/vendor/",)
_RUST_ELSEWHERE = ("/rustc/", "/.cargo/", "/registry/src/")
_GENERATED = ("$$Lambda", "CGLIB$$", "$Proxy", "$$FastClass", "$$Enhancer", "<generated>")


def culprit(pattern: Pattern) -> tuple[str, str] | None:
    """Function (or file) and `file:line` of the first frame of the application's own code, None without one.

    Go functions are named as in pprof. Of a chain of causes the innermost is taken; in a Go panic the frames above
    the panic belong to whoever recovered from it. None, too, for the stack of the call that wrote the record, as zap
    adds it to every error: it tells where the failure was reported, not where it came from.
    """
    frame = own_frame(pattern.stack or pattern.examples[:1])
    return None if frame is not None and _reports(pattern, frame[1]) else frame


def thrown(pattern: Pattern) -> bool:
    """Whether a stack trace came with the message that tells where the failure came from."""
    frame = own_frame(pattern.stack)
    return bool(pattern.stack) and (frame is None or not _reports(pattern, frame[1]))


def _reports(pattern: Pattern, place: str) -> bool:
    """Whether the record itself gives the place as its own, and nothing panicked."""
    callers = pattern.fields.get("caller", {})
    return any(place.endswith(caller) for caller in callers) and not any(_PANICS.search(line) for line in pattern.stack)


def own_frame(lines: Sequence[str]) -> tuple[str, str] | None:
    """The same for the lines of a trace."""
    lines = [line for text in lines for line in text.split("\n")]
    for read in (_go, _python, _java, _dotnet, _rust, _node, _ruby, _php, _elixir):
        found = read(lines)
        if found:
            return found
    return None


def _shown(frame: Frame) -> tuple[str, str]:
    place = f"{frame.file}:{frame.line}" if frame.file and frame.line else frame.file
    return frame.function, place


# --- Go


def _go(lines: Sequence[str]) -> tuple[str, str] | None:
    frames = list(_go_frames(lines))
    if not frames:
        return None
    module = go_module(frames)
    panicking = max(
        (i for i, frame in enumerate(frames) if frame.function in {"panic", "runtime.gopanic", "runtime.sigpanic"}),
        default=-1,
    )
    for frame in frames[panicking + 1 :]:
        if module.owns(frame) and not _borrowed(frame):
            return _shown(frame)
    return None


def _borrowed(frame: Frame) -> bool:
    """Whether a frame without a known module layout comes from a well-known dependency."""
    return package_of(frame.function).startswith(GO_DEPENDENCIES)


def _go_frames(lines: Sequence[str]) -> Iterator[Frame]:
    """Frames of the first goroutine of a trace, the innermost first; `created by` is its last."""
    goroutines = 0
    for i, line in enumerate(lines):
        if _GO_GOROUTINE.match(line.strip()):
            goroutines += 1
            if goroutines > 1:
                return
        place = _GO_PLACE.match(lines[i + 1]) if i + 1 < len(lines) else None
        if place is None or _GO_PLACE.match(line):
            continue
        name = _go_name(line)
        if name:
            yield Frame(name, place["file"], int(place["line"]))


def _go_name(line: str) -> str:
    """The function of a line such as `main.(*T).f(0x1, {...})` or `created by main.f in goroutine 1`, '' otherwise."""
    text = _GO_IN.sub("", line.strip().removeprefix("created by "))
    if text.endswith(")"):
        text = text[: _opening(text)]
    return text if (_GO_NAME.fullmatch(text) and "." in text) or text == "panic" else ""


def _opening(text: str) -> int:
    """The index of the parenthesis that the last one closes."""
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        depth += (text[index] == ")") - (text[index] == "(")
        if depth == 0:
            return index
    return len(text)


# --- Python


def _python(lines: Sequence[str]) -> tuple[str, str] | None:
    """The innermost own frame of the last traceback: frames stand outermost first."""
    starts = [i for i, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    frames = [
        Frame(found["name"] or "<module>", found["file"], int(found["line"]))
        for line in lines[starts[-1] if starts else 0 :]
        if (found := _PYTHON.match(line))
    ]
    return next((_shown(frame) for frame in reversed(frames) if not _foreign_place(frame.file)), None)


def _foreign_place(file: str) -> bool:
    return any(place in file for place in FOREIGN_PLACES) or file.startswith("<")


# --- Java and other JVM languages


def _java(lines: Sequence[str]) -> tuple[str, str] | None:
    """The first own frame under the innermost cause that has one."""
    causes = [0, *(i for i, line in enumerate(lines) if line.lstrip().startswith("Caused by:"))]
    for start in reversed(causes):
        for line in lines[start:]:
            found = _JAVA.match(line)
            if found and not _foreign_java(found["name"], found["file"]):
                place = f"{found['file']}:{found['line']}" if found["line"] else found["file"]
                return found["name"], place
    return None


def _foreign_java(name: str, file: str) -> bool:
    if (
        file
        and not file.endswith((".java", ".kt", ".scala", ".groovy", ".clj"))
        and file not in {"Native Method", "Unknown Source"}
    ):
        return True
    return name.startswith(JVM_FOREIGN) or any(mark in name or mark in file for mark in _GENERATED)


# --- others, all innermost first


def _first(
    lines: Sequence[str], shape: re.Pattern[str], foreign: tuple[str, ...], *, by_name: bool = False
) -> tuple[str, str] | None:
    for line in lines:
        found = shape.match(line)
        if found is None:
            continue
        name, file = (found["name"] or "<anonymous>").strip(), found["file"] or ""
        if name.startswith(foreign) if by_name else any(mark in file for mark in foreign):
            continue
        return name, f"{file}:{found['line']}" if found["line"] else file
    return None


def _placed(lines: Sequence[str], shape: re.Pattern[str], foreign: tuple[str, ...]) -> tuple[str, str] | None:
    """The file and line that a message names where no function is told; the file stands for the function."""
    found = next((found for line in lines if (found := shape.match(line))), None)
    if found is None or any(mark in found["file"] for mark in foreign):
        return None
    return PurePosixPath(found["file"]).name, f"{found['file']}:{found['line']}"


def _dotnet(lines: Sequence[str]) -> tuple[str, str] | None:
    """An inner exception's frames stand before those of the outer one."""
    if not any(" in " in line and ":line " in line for line in lines) and not any(
        line.lstrip().startswith("at System.") for line in lines
    ):
        return None
    return _first(lines, _DOTNET, _DOTNET_FOREIGN, by_name=True)


def _node(lines: Sequence[str]) -> tuple[str, str] | None:
    return _first(lines, _NODE, FOREIGN_PLACES)


def _ruby(lines: Sequence[str]) -> tuple[str, str] | None:
    return _first(lines, _RUBY, _RUBY_FOREIGN)


def _php(lines: Sequence[str]) -> tuple[str, str] | None:
    return _first(lines, _PHP, _PHP_FOREIGN) or _placed(lines, _PHP_PLACE, _PHP_FOREIGN)


def _elixir(lines: Sequence[str]) -> tuple[str, str] | None:
    for line in lines:
        found = _ELIXIR.match(line)
        if found and not (found["app"] and _ELIXIR_FOREIGN.fullmatch(found["app"])):
            return found["name"], f"{found['file']}:{found['line']}"
    return None


def _rust(lines: Sequence[str]) -> tuple[str, str] | None:
    for i, line in enumerate(lines):
        found = _RUST.match(line)
        if found is None or not own_rust(found["name"]):
            continue
        place = _RUST_PLACE.match(lines[i + 1]) if i + 1 < len(lines) else None
        return found["name"].strip(), f"{place['file']}:{place['line']}" if place else ""
    return _placed(lines, _RUST_PANIC, _RUST_ELSEWHERE)
