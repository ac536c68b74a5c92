"""A short way in for `profile top FILE [--sample-type T] --json`, which scripts run over many files.

To read a small profile takes a tenth of a second, and to build the whole command line half as long again.
"""

from __future__ import annotations

from collections.abc import Sequence


def profile_top(words: Sequence[str]) -> bool:
    """Run the command when it is written in that plain form, else leave it to the whole command line."""
    asked = _asked(words)
    if asked is None:
        return False
    from diagnose.checks.profiles.top import table
    from diagnose.cli.answers import of_table, write
    from diagnose.sources.profiles.file import read

    file, sample_type = asked
    write(of_table(table(read(file), sample_type)))
    return True


def _asked(words: Sequence[str]) -> tuple[str, str | None] | None:
    """The file and the sample type."""
    rest = list(words[2:])
    if list(words[:2]) != ["profile", "top"] or rest.count("--json") != 1:
        return None
    rest.remove("--json")
    kind = None
    if "--sample-type" in rest[:-1]:
        at = rest.index("--sample-type")
        kind = rest[at + 1]
        del rest[at : at + 2]
    return (rest[0], kind) if len(rest) == 1 and not rest[0].startswith("-") else None
