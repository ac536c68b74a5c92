"""Commits and tags of a repository."""

from __future__ import annotations

import shlex
import subprocess

from diagnose.signals.changes import Change
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.window import Window
from diagnose.sources.redact import Redactor

_LONGEST_S = 20.0
_MOST = 200
_FORMAT = "%ct%x1f%h%x1f%D%x1f%s"
# A repository may bring settings that run programs; none of these is wanted for reading its history.
_HARMLESS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false")


def collect(repository: str, window: Window) -> tuple[tuple[Change, ...], tuple[Gap, ...]]:
    """The commits of the window on the branch that is checked out, with their tags; authors are left out.

    A commit is no deploy: it tells what a deploy may hold. At most 200, the latest first in the log.
    """
    span = [f"--since=@{window.start:.0f}", f"--until=@{window.end - 1:.0f}", f"--max-count={_MOST}"]
    log = ["git", "-C", repository, *_HARMLESS, "log", "--no-color", f"--format={_FORMAT}", *span]
    try:
        told = subprocess.run(log, capture_output=True, timeout=_LONGEST_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return (), (_gap(repository, f"git does not answer ({type(error).__name__})"),)
    if told.returncode:
        why = told.stderr.decode("utf-8", "replace").strip().splitlines()
        return (), (_gap(repository, why[-1][:200] if why else "git failed"),)
    lines = told.stdout.decode("utf-8", "replace").splitlines()
    changes = [_commit(line.split("\x1f", 3), repository) for line in lines if line.count("\x1f") >= 3]
    return tuple(sorted(changes, key=lambda each: (each.at, each.title))), ()


def _commit(parts: list[str], repository: str) -> Change:
    at, short, names, subject = parts
    tags = [name.removeprefix("tag: ") for name in names.split(", ") if name.startswith("tag: ")]
    title = f"{' '.join(['commit', short, *tags])}: {Redactor().redact(subject)[:200]}"
    return Change(float(at), "commit", "", title, f"git -C {shlex.quote(repository)} show {short}")


def _gap(repository: str, why: str) -> Gap:
    return Gap(Signal.CHANGE, f"{repository}: {why}", f"git -C {shlex.quote(repository)} log --oneline")
