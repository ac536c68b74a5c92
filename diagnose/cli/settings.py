"""Options from diagnose.yaml: sources for `incident`, services for `check`."""

from __future__ import annotations

from pathlib import Path

from diagnose.errors import SpecError
from diagnose.monitor.configuration import Configuration
from diagnose.monitor.configuration import read as read_text

DEFAULT = Path("diagnose.yaml")


def read(path: Path | None) -> Configuration:
    """The configuration of a file; without a name diagnose.yaml where there is one, else an empty one."""
    chosen = path or (DEFAULT if DEFAULT.is_file() else None)
    if chosen is None:
        return Configuration()
    try:
        return read_text(chosen.read_text(encoding="utf-8-sig"), file=str(chosen))
    except OSError as error:
        raise SpecError(f"{chosen}: {error.strerror}; name a readable file with --config") from None
    except UnicodeDecodeError:
        raise SpecError(f"{chosen}: not UTF-8 text; save it as UTF-8") from None
