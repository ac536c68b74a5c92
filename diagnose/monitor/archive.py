"""The folder of incidents: one folder each, with its report, and for an order the record of what became of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from diagnose.errors import DiagnoseError
from diagnose.monitor.records import Record
from diagnose.report.listing import Row, Told

_Form = TypeVar("_Form")
RECORD, REPORT, PAGE = "order.json", "report.json", "report.html"


class _Verdict(msgspec.Struct):
    status: str
    cause: str
    confidence: float
    summary: str


class _Report(msgspec.Struct):
    """The part of report.json that a list shows."""

    service: str
    verdict: _Verdict


@dataclass(frozen=True, slots=True)
class Archive:
    """Incidents under one folder. What cannot be read there is left out of lists, never an error."""

    folder: Path

    def place(self, name: str) -> Path:
        """The folder of an incident."""
        return self.folder / name

    def save(self, record: Record) -> None:
        """Keep a record; a reader sees the old one or the new one, never half of it. Raises DiagnoseError."""
        place = self.place(record.id)
        fresh = place / f".{RECORD}.new"
        try:
            place.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(msgspec.json.format(msgspec.json.encode(record, order="sorted")) + b"\n")
            fresh.replace(place / RECORD)
        except OSError as error:
            why = f"{place}: cannot be written: {error.strerror}"
            raise DiagnoseError(f"{why}; make room there or choose another place with --out") from None

    def remove(self, name: str) -> None:
        """Remove the incident of an order, with its report; one that somebody else wrote stays."""
        if (self.place(name) / RECORD).is_file():
            shutil.rmtree(self.place(name), ignore_errors=True)

    def records(self) -> Iterator[Record]:
        """The records of all orders, the oldest first."""
        for name in sorted(self._names()):
            if found := _read(self.place(name) / RECORD, Record):
                yield found

    def verdict(self, name: str) -> Told | None:
        """What the report of an incident says, None where there is none."""
        found = _read(self.place(name) / REPORT, _Report)
        if found is None:
            return None
        said = found.verdict
        return Told(found.service, said.status, said.cause, said.confidence, said.summary)

    def rows(self, most: int) -> tuple[list[Row], int]:
        """The latest incidents, newest first, and how many more there are; other folders are left out."""
        names = sorted((name for name in self._names() if self._known(name)), reverse=True)
        return [self._row(name) for name in names[:most]], max(len(names) - most, 0)

    def file(self, name: str, part: str) -> Path | None:
        """A file of an incident, None where there is none or the way leads out of its folder."""
        place = self.place(name)
        try:
            wanted, inside = (place / part).resolve(), place.resolve()
            known = place.parent == self.folder and name not in {"", ".", ".."} and self._known(name)
            return wanted if known and wanted.is_relative_to(inside) and wanted.is_file() else None
        except (OSError, ValueError):
            return None

    def _names(self) -> list[str]:
        try:
            with os.scandir(self.folder) as found:
                return [entry.name for entry in found if entry.is_dir(follow_symlinks=False)]
        except OSError:
            return []

    def _known(self, name: str) -> bool:
        return any((self.place(name) / part).is_file() for part in (RECORD, REPORT))

    def _row(self, name: str) -> Row:
        kept = _read(self.place(name) / RECORD, Record)
        return Row(
            id=name,
            title=kept.order.title if kept else "",
            state=kept.state.value if kept else "done",
            why=kept.why if kept else "",
            at=kept.order.at if kept else None,
            told=self.verdict(name),
            report=(self.place(name) / PAGE).is_file(),
        )


def _read(path: Path, form: type[_Form]) -> _Form | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=form)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
