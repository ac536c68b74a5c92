"""Guided incident diagnosis: collect, align, examine, walk, tell.

    playbook (YAML)  what to check, how to decide
         |
    sources -> signals -> checks -> playbook -> report
    the door   plain data  pure      a walk      paper

`investigate.py` is the corridor through these rooms; `cli` and `monitor` are the two doors to the street.
"""

__version__ = "0.1.0"
