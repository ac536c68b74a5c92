"""The command line: one small file a command."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys

_YOUNG = 1 << 17


def run() -> None:
    """Run the program; an error of ours is one line on stderr and its exit code."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nothing here is worth its threads, which take time to start
    _spare_searches()
    from diagnose.cli.quick import answered
    from diagnose.errors import DiagnoseError

    _speak_utf8()
    try:
        if not answered(sys.argv[1:]):
            from diagnose.cli.app import app

            app(standalone_mode=True)
    except DiagnoseError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _say("interrupted")
        sys.exit(130)
    except Exception as error:
        if os.environ.get("DIAGNOSE_DEBUG"):
            raise
        _say(f"internal error: {type(error).__name__}: {error}; DIAGNOSE_DEBUG=1 shows the traceback to report")
        sys.exit(1)


def _spare_searches() -> None:
    """Look for cycles late, and not at the end: a short command holds what it makes, and is over a quarter sooner."""
    gc.set_threshold(_YOUNG)
    atexit.register(gc.freeze)


def _say(message: str) -> None:
    """One line on stderr; messages quote files and servers, so they are made harmless."""
    from diagnose.report.text import line

    sys.stderr.write(f"diagnose: {line(message, 2000)}\n")


def _speak_utf8() -> None:
    """Pipes get UTF-8, which JSON must be; a terminal that lacks a character gets an escape for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
