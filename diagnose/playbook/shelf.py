"""Where the playbooks lie that ship with the tool."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """Inside the package once it is installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "playbooks"
    return inside if inside.is_dir() else package.parent / "playbooks"
