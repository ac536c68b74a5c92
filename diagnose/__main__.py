"""`python -m diagnose` is the same program."""

from diagnose.cli import run

run()
