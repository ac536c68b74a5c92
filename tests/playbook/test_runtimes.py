"""Only the commands for the service's own language are told."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.playbook.diagnosis import Action
from diagnose.playbook.runtimes import Runtime, runtimes, suited
from diagnose.signals.events import Level, LogDigest, Pattern
from diagnose.signals.evidence import Evidence
from diagnose.signals.series import Series
from diagnose.signals.window import Window

WINDOW = Window(0.0, 60.0)
NO_NUMBERS = np.array([], dtype=np.float64)
ANY = Action("now", "Restart", "restart")
GO = Action("now", "Keep the heap", "curl", runtime="go")
JVM = Action("now", "Keep the heap", "jcmd", runtime="jvm")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("go_goroutines", {"go"}),
        ("jvm_memory_used_bytes", {"jvm"}),
        ("process_runtime_jvm_memory_usage", {"jvm"}),
        ("python_gc_objects_collected_total", {"python"}),
        ("nodejs_eventloop_lag_seconds", {"node"}),
        ("process_open_fds", set()),
        ("cargo_go_total", set()),
    ],
)
def test_metrics_tell_the_language(name: str, found: set[str]) -> None:
    series = Series(name, (), NO_NUMBERS, NO_NUMBERS)
    assert runtimes(Evidence(WINDOW, series=(series,))) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("goroutine 7 [chan receive]:", {"go"}),
        ("\tat com.shop.Cart.total(Cart.java:12)", {"jvm"}),
        ("\tat java.base/java.lang.Thread.sleep(Native Method)", {"jvm"}),
        ('  File "/app/cart.py", line 12, in total', {"python"}),
        ("    at Cart.total (/app/cart.js:12:3)", {"node"}),
        ("    at node:internal/timers:573:17", {"node"}),
        ("at the end of cart.js", set()),
    ],
)
def test_stack_traces_tell_the_language(line: str, found: set[str]) -> None:
    assert runtimes(Evidence(WINDOW, logs=_digest(line))) == found


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({Runtime.GO}, ["Keep the heap: curl", "Restart: restart"]),
        ({Runtime.JVM}, ["Keep the heap: jcmd", "Restart: restart"]),
        ({Runtime.GO, Runtime.JVM}, ["Go: Keep the heap: curl", "JVM: Keep the heap: jcmd", "Restart: restart"]),
        (set(), ["Go: Keep the heap: curl", "JVM: Keep the heap: jcmd", "Restart: restart"]),
        ({Runtime.PYTHON}, ["Restart: restart"]),
    ],
)
def test_actions_suit_the_language(known: set[Runtime], told: list[str]) -> None:
    assert [f"{one.what}: {one.command}" for one in suited((GO, JVM, ANY), frozenset(known))] == told


def _digest(line: str) -> LogDigest:
    pattern = Pattern("p1", Level.ERROR, "it failed", 1, 1.0, 1.0, {0: 1}, ("it failed",), {}, (line,))
    return LogDigest(WINDOW, 60.0, (), {}, (pattern,))
