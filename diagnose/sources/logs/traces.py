"""Stack traces in text: what belongs to one, and which line of it says what went wrong."""

from __future__ import annotations

import re

# Lines that never start a record of their own.
CONTINUES = re.compile(
    r"\s|at \S|Caused by:|Suppressed:|\.\.\. \d+ (?:more|common)|goroutine \d+ \[|created by |File \"|\[signal |"
    r"#\d+ +\S|During handling of the above|The above exception was|--- End of |-{3,}|={3,}|from /|\[stacktrace\]|"
    r"exit status \d+$|[\w./*()\[\]{}%,$-]+\([^()]*(?:\([^)]*\))?[^)]*\)(?: in goroutine \d+)?$|rax |stack backtrace:|"
    r"note: run with `RUST_BACKTRACE|Error: Process completed|\}$|\]$|\)$"
)
# Lines that only occur in stack traces.
_FRAME = re.compile(
    r"\s+at \S|\s*at [\w.$<>/]+\(|goroutine \d+ \[|\s*File \".+\", line \d+|\t?\S+\.go:\d+|created by |Caused by: |"
    r"\s+(?:\(\w+ [\d.]+[^)]*\) )?\S+\.(?:exs?|erl):\d+: |"
    r"Traceback \(most recent|\s+\d+: +\S|\s+from \S+:\d+:in|#\d+ +\S+|\s+\.\.\. \d+ more"
)
_EXCEPTION = re.compile(
    r"(?:Exception in thread \"[^\"]*\" |Unhandled [Ee]xception[.:] |Uncaught |Caused by: |\w+: )?"
    r"((?:[\w$]+[.:]{1,2})*(?:[A-Z][\w$]*)?(?:Exception|Error|Throwable|Failure|Fault|Interrupt|Exit|Timeout|Panic)[\w$]*"
    r"(?: \[[\w-]+\]| \(\w+\))?)(?:: (.*))?$"
)
_ELIXIR = re.compile(r"\*\* \([\w.]+\) (?!an exception was raised)\S.*")
_CAUSED = re.compile(r"(?:Caused by| ---> ):? ?(\S.*)")
_ERROR_AFTER = re.compile(r"[A-Za-z_][\w.]*(?:: .*)?$")
_TRACEBACK = "Traceback (most recent call last)"
LINES = 256
_CHARS = 600


def is_trace(lines: list[str]) -> bool:
    """Whether the lines hold frames of a stack."""
    return any(_FRAME.match(line) for line in lines)


def split_trace(text: str) -> tuple[str, str]:
    """The message and the stack trace of a text of several lines; one line comes back as it is."""
    if "\n" not in text:
        return text, ""
    lines = text.strip("\r\n").split("\n")
    if not is_trace(lines[:LINES]):
        return " ".join(line.strip() for line in lines[:8]).strip(), ""
    head = "" if lines[0].startswith("Traceback") or _FRAME.match(lines[0]) else lines[0].strip()
    said = exception_of(lines)
    return joined(head, said), clipped(lines)


def joined(head: str, said: str) -> str:
    """A message with the text of its exception, unless it holds that already."""
    if not said or said in head:
        return head
    return f"{head.rstrip(': ')}: {said}" if head and head not in said else said


def clipped(lines: list[str]) -> str:
    """The lines of a trace, bounded."""
    return "\n".join(line.rstrip()[:_CHARS] for line in lines[:LINES])


def exception_of(lines: list[str]) -> str:
    """What went wrong according to a trace: the exception's line and its innermost cause, '' when it does not say."""
    if any(_TRACEBACK in line for line in lines):
        return _python(lines)
    first = next((found for line in lines[:40] if (found := _raised(line.strip()))), None)
    cause = next((found[1] for line in reversed(lines) if (found := _CAUSED.search(line))), "")
    said = first.group(0).removeprefix("Caused by: ") if first else ""
    return f"{said}: {cause}"[:_CHARS] if said and cause and cause not in said else (said or cause)[:_CHARS]


def _raised(line: str) -> re.Match[str] | None:
    return _EXCEPTION.match(line) or _ELIXIR.match(line)


def _python(lines: list[str]) -> str:
    """The line after the frames of the last traceback."""
    start = max(i for i, line in enumerate(lines) if _TRACEBACK in line)
    indent = len(lines[start]) - len(lines[start].lstrip())
    for line in lines[start + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent and not line.lstrip().startswith('File "'):
            return line.strip()[:_CHARS] if _ERROR_AFTER.match(line.strip()) else ""
    return ""
