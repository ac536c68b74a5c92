"""The window that the options of a command ask for."""

from __future__ import annotations

import time

from diagnose.errors import UsageError
from diagnose.signals.window import Window, parse_duration, parse_moment

DEFAULT_SPAN_S = 3600.0
BEFORE_S, AFTER_S = 2700.0, 900.0  # around --at: enough quiet time before, the trouble itself after


def last_hour() -> Window:
    """The window of a source that tells no other."""
    now = time.time()
    return Window(now - DEFAULT_SPAN_S, now)


def window_of(*, start: str, end: str, since: str, at: str) -> Window | None:
    """The window that the options ask for, None when they ask for none. Raises UsageError when they contradict."""
    now = time.time()
    if sum(map(bool, (start or end, since, at))) > 1:
        raise UsageError("--start/--end, --since and --at exclude each other; keep one of them")
    if at:
        middle = parse_moment(at, now=now)
        return Window(middle - BEFORE_S, min(middle + AFTER_S, max(now, middle + 1)))
    if since:
        return Window(now - parse_duration(since), now)
    if not start and not end:
        return None
    stop = parse_moment(end, now=now) if end else now
    return Window(parse_moment(start, now=now) if start else stop - DEFAULT_SPAN_S, stop)
