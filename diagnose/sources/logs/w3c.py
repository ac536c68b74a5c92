"""W3C extended log files (IIS and others): the columns stand in a `#Fields:` line."""

from __future__ import annotations

from typing import Any


class Columns:
    """The columns that the last `#Fields:` line of a stream named."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._date = ""

    def directive(self, line: str) -> None:
        """A line that starts with `#`: it may name the columns, or the date of a file that logs only times."""
        name, _, value = line[1:].partition(":")
        if name == "Fields":
            self._names = value.split()
        elif name == "Date":
            self._date = value.split()[0] if value.split() else ""

    def read(self, line: str) -> dict[str, Any] | None:
        """The values of a line by column, empty ones (`-`) left out; None when the line does not fit."""
        values = line.split("\t") if "\t" in line else line.split()
        if not self._names or len(values) < len(self._names) or not line[:2].strip('"')[:1].isdigit():
            return None
        named = ((name, value.strip('"')) for name, value in zip(self._names, values, strict=False))
        found: dict[str, Any] = {name: value for name, value in named if value not in {"-", ""}}
        date = found.pop("date", self._date).replace("/", "-")
        if len(date) != 10 or "time" not in found:
            return None
        found["time"] = f"{date} {found['time']}"
        if "cs-method" in found:
            found["msg"] = f"{found['cs-method']} {found.get('cs-uri-stem', '')} {found.get('sc-status', '')}"
        return found
