"""A short way in for commands that scripts run over many files, in the one form in which they do.

`profile top FILE [--sample-type T] --json`, and `logs FILE... [--start T] [--end T] --json`. To read a small profile or
ten minutes of a log takes a tenth of a second, and to build the whole command line half as long again.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence

_ELSEWHERE = ("DIAGNOSE_WORKERS", "DIAGNOSE_DASK")


def answered(words: Sequence[str]) -> bool:
    """Run a command that is written in its plain form, else leave it to the whole command line."""
    done = profile_top(words) or logs(words)
    if done:
        gc.freeze()  # the process ends now: to look for cycles once more takes longer than to write the answer
    return done


def profile_top(words: Sequence[str]) -> bool:
    """`profile top` of one file."""
    asked = _asked(words, ["profile", "top"], ["--sample-type"])
    if asked is None or len(asked[0]) != 1:
        return False
    from diagnose.checks.profiles.top import table
    from diagnose.cli.answers import of_table, write
    from diagnose.sources.profiles.file import read

    (file,), given = asked
    write(of_table(table(read(file, keep=False), given.get("--sample-type"))))
    return True


def logs(words: Sequence[str]) -> bool:
    """`logs` of files in this process."""
    asked = _asked(words, ["logs"], ["--start", "--end"])
    if asked is None or not asked[0] or any(name in os.environ for name in _ELSEWHERE):
        return False
    from diagnose.cli.answers import write
    from diagnose.cli.log_answers import found_in, of_logs
    from diagnose.cli.windows import window_of

    files, given = asked
    window = window_of(start=given.get("--start", ""), end=given.get("--end", ""), since="", at="")
    write(of_logs(found_in(files, window)))
    return True


def _asked(words: Sequence[str], command: list[str], options: list[str]) -> tuple[list[str], dict[str, str]] | None:
    """The files and the options behind a command with --json, None for any other form."""
    rest = list(words[len(command) :])
    if list(words[: len(command)]) != command or rest.count("--json") != 1:
        return None
    rest.remove("--json")
    given = {}
    for option in options:
        if option in rest[:-1]:
            at = rest.index(option)
            given[option] = rest[at + 1]
            del rest[at : at + 2]
    return None if any(word.startswith("-") for word in rest) else (rest, given)
