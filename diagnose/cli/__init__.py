"""The command line: one small file a command."""

from __future__ import annotations

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
    except KeyboardInterrupt:
        sys.stderr.write("diagnose: interrupted\n")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
