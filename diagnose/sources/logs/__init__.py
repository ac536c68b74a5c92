"""Logs from files: bytes to records to one digest."""

from __future__ import annotations

from diagnose.sources.logs.ends import span
from diagnose.sources.logs.reading import collect

__all__ = ["collect", "span"]
