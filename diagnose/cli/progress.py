"""What is going on, on stderr, for anything that takes longer than a moment."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

QUIET_S = 1.0


@dataclass(slots=True)
class _Log:
    """Lines for a stream that is no terminal: nothing during the first moment, then what is being done by then."""

    stream: TextIO
    open: bool = False
    latest: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, text: str) -> None:
        """Print the text, or keep it until the first moment has passed."""
        with self.lock:
            self.latest = text
            self._print()

    def begin(self) -> None:
        """The first moment has passed."""
        with self.lock:
            self.open = True
            self._print()

    def _print(self) -> None:
        if self.open and self.latest:
            self.stream.write(f"{self.latest}…\n")
            self.latest = ""


@contextmanager
def progress(quiet_s: float = QUIET_S) -> Iterator[Callable[[str], None]]:
    """Give a function that says what is being done; on a terminal one line that is wiped at the end.

    Without a terminal nothing is printed before `quiet_s` seconds, so that cron stays silent for quick runs.
    """
    stream = sys.stderr
    if stream.isatty():
        try:
            yield lambda text: _replace(stream, f"{text}…")
        finally:
            _replace(stream, "")
        return
    log = _Log(stream)
    timer = threading.Timer(quiet_s, log.begin)
    timer.daemon = True
    timer.start()
    try:
        yield log.say
    finally:
        timer.cancel()


def _replace(stream: TextIO, text: str) -> None:
    stream.write(f"\r\x1b[K{text}")
    stream.flush()
