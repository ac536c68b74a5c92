"""What is going on, on stderr, for anything that takes longer than a moment."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUIET_S = 1.0


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that says what is being done; on a terminal one line that is wiped at the end.

    Without a terminal, only what is said after the first second is printed, so that cron stays silent for quick runs.
    """
    begun = time.monotonic()
    live = sys.stderr.isatty()

    def say(text: str) -> None:
        if live:
            sys.stderr.write(f"\r\x1b[K{text}…")
            sys.stderr.flush()
        elif time.monotonic() - begun > QUIET_S:
            sys.stderr.write(f"{text}…\n")

    try:
        yield say
    finally:
        if live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
