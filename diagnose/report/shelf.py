"""Where the files that ship beside the code lie: report templates and playbooks."""

from __future__ import annotations

from pathlib import Path

from diagnose.errors import DiagnoseError


def folder(name: str) -> Path:
    """The folder inside the installed package, else beside it in a checkout or an editable install."""
    package = Path(__file__).resolve().parent.parent
    for place in (package / name, package.parent / name):
        if place.is_dir():
            return place
    raise DiagnoseError(f"the folder {name}/ is missing beside {package}; install diagnose again")
