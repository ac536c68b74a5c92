"""The command line: one small file a command."""

from __future__ import annotations

import os
import sys


def run() -> None:
    """Run the program; an error of ours is one line on stderr and its exit code."""
    from diagnose.cli.app import app
    from diagnose.errors import DiagnoseError

    try:
        app(standalone_mode=True)
    except DiagnoseError as error:
        sys.stderr.write(f"diagnose: {error}\n")
        sys.exit(error.exit_code)
    except Exception as error:
        if os.environ.get("DIAGNOSE_DEBUG"):
            raise
        told = f"{type(error).__name__}: {error}"
        sys.stderr.write(f"diagnose: internal error: {told}; DIAGNOSE_DEBUG=1 shows the traceback to report\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("diagnose: interrupted\n")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
