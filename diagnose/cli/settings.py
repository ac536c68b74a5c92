"""Options from diagnose.yaml: sources for `incident`, services for `check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from diagnose.errors import SpecError
from diagnose.monitor.configuration import Configuration, Service
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


def services(configuration: Configuration, names: Sequence[str]) -> tuple[Service, ...]:
    """The services of these names, without a name all of them. Raises SpecError when one is absent."""
    chosen = tuple(one for one in configuration.services if not names or one.name in names)
    absent = sorted(set(names) - {one.name for one in chosen})
    if absent or not chosen:
        known = ", ".join(one.name for one in configuration.services)
        known = known or "none; list them under services in diagnose.yaml"
        raise SpecError(f"no service {', '.join(absent) or 'to check'}; known are: {known}")
    return chosen
