"""The corpus of profiles by many producers: the same values as pprof, a clear error where it has one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diagnose.checks.profiles.top import diff, table
from diagnose.errors import SourceError
from diagnose.signals.profile import Profile
from diagnose.sources.profiles import pprof_pb2 as pb
from diagnose.sources.profiles import symbols
from diagnose.sources.profiles.decode import decode
from diagnose.sources.profiles.names import simplified
from diagnose.sources.profiles.pieces import parsed
from diagnose.sources.profiles.protobuf import profile_of
from diagnose.sources.profiles.unpack import unpack
from diagnose.sources.profiles.wire import block, column_of, columns
from tests.sources.profiles.made import anything

UNITS = {"bytes": "B", "nanoseconds": "ns", "microseconds": "us", "milliseconds": "ms"}
TEXT_DUMPS = ("goroutine-debug2",)  # pprof refuses them, the product reads them


def listed(shared: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared / "data" / "pprof" / "index.json").read_text())
    return found


def of_pprof(path: Path, sample_type: str, unit: str, base: Path | None = None) -> dict[str, tuple[int, int]]:
    """Flat and cum by function as a real `go tool pprof` prints them."""
    command = ["go", "tool", "pprof", "-top", "-nodefraction=0", "-edgefraction=0", "-nodecount=1000000"]
    command += [f"-unit={UNITS.get(unit, 'minimum')}", f"-sample_index={sample_type}"]
    command += [f"-diff_base={base}"] if base else []
    out = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True).stdout
    rows: dict[str, tuple[int, int]] = {}
    for line in out.partition("cum%")[2].splitlines()[1:]:
        flat, _, _, cum, _, name = line.split(None, 5)
        name = re.sub(r" \((partial-)?inline\)$", "", name)
        a, b = (int(float(re.sub(r"[A-Za-z]+$", "", number))) for number in (flat, cum))
        known = rows.get(name, (0, 0))
        rows[name] = (known[0] + a, known[1] + b)
    return rows


def ours(profile: Profile, sample_type: str) -> dict[str, tuple[int, int]]:
    return {row.name: (row.flat, row.cum) for row in table(profile, sample_type).functions}


def test_every_file_is_read_or_refused_as_pprof_does(shared: Path) -> None:
    wrong = []
    for entry in listed(shared):
        path = shared / "data" / "pprof" / entry["file"]
        try:
            decode(path.read_bytes(), path.name)
            read = True
        except SourceError:
            read = False
        if read != (entry["go_pprof_ok"] or entry["format"] in TEXT_DUMPS):
            wrong.append(entry["file"])
    assert wrong == []


def test_the_recorded_oracle_agrees(shared: Path) -> None:
    """The oracle rounds to units that people read, so shares are compared: flat and cum in percent."""
    checked = 0
    for entry in listed(shared):
        if not entry["go_pprof_ok"]:
            continue
        profile = decode((shared / "data" / "pprof" / entry["file"]).read_bytes(), entry["file"])
        oracle = json.loads((shared / "data" / "pprof" / entry["oracle"]).read_text())
        for name, rows in oracle.items():
            if name in ("default", "header") or not isinstance(rows, list):
                continue
            mine = table(profile, name)
            found = {row.name: row for row in mine.functions}
            for row in rows:
                for share, value in ((row["flat_pct"], "flat"), (row["cum_pct"], "cum")):
                    bare = re.sub(r" \((partial-)?inline\)$", "", row["function"])
                    seen = 100 * getattr(found[bare], value) / max(mine.total, 1)
                    assert abs(seen - float(share.rstrip("%"))) < 0.6, (entry["file"], name, row)
                    checked += 1
    assert checked > 500


@pytest.mark.skipif(shutil.which("go") is None, reason="Go is not installed")
def test_a_real_pprof_agrees_to_the_unit(shared: Path) -> None:
    for entry in listed(shared):
        if not entry["go_pprof_ok"]:
            continue
        path = shared / "data" / "pprof" / entry["file"]
        profile = decode(path.read_bytes(), entry["file"])
        item = profile.sample_types[-1]
        assert ours(profile, item.type) == of_pprof(path, item.type, item.unit), entry["file"]


@pytest.mark.skipif(shutil.which("go") is None, reason="Go is not installed")
@pytest.mark.parametrize("seed", [3, 8, 14, 21, 30])
def test_a_real_pprof_agrees_on_random_profiles(seed: int, tmp_path: Path) -> None:
    files = [tmp_path / "base.pb", tmp_path / "now.pb"]
    for i, file in enumerate(files):
        made = anything(seed + 100 * i)
        made.types = [("samples", "count")]
        made.drop, made.keep = (r"runtime\..*|pkg3\..*", r"pkg3\.fn3") if seed % 2 else ("", "")
        made.samples = [(stack, values[:1], {}) for stack, values, _ in made.samples]
        file.write_bytes(made.add(["pkg0.fn0", "main.main"], [7]).bytes())
    base, now = (decode(file.read_bytes(), file.name) for file in files)
    assert ours(now, "samples") == of_pprof(files[1], "samples", "count")
    if not seed % 2:
        signed = {row.name: (row.flat, row.cum) for row in diff(base, now, "samples").functions}
        assert signed == of_pprof(files[1], "samples", "count", base=files[0])


def envelopes(shared: Path) -> Iterator[tuple[str, pb.Envelope]]:
    for entry in listed(shared):
        if entry["format"] == "pprof" and entry["go_pprof_ok"]:
            path = shared / "data" / "pprof" / entry["file"]
            yield entry["file"], pb.Envelope.FromString(unpack(path.read_bytes(), entry["file"]))


def test_the_fast_way_agrees_with_the_plain_way_on_every_file(shared: Path) -> None:
    for name, envelope in envelopes(shared):
        fast, plain = list(columns([block(envelope.sample)])), column_of(envelope.sample)
        for field in ("locations", "location_counts", "values", "value_counts"):
            together = np.concatenate([getattr(part, field) for part in fast] or [np.zeros(0, np.int64)])
            assert together.tolist() == getattr(plain, field).tolist(), (name, field)
        for mine, other in (
            (symbols.locations(envelope.location), symbols.plain_locations(envelope.location)),
            (symbols.functions(envelope.function), symbols.plain_functions(envelope.function)),
        ):
            for column in type(mine).__slots__:
                assert getattr(mine, column).tolist() == getattr(other, column).tolist(), (name, column)


def counted(envelope: pb.Envelope) -> dict[str, tuple[int, int]]:
    """Flat and cum of the last sample type as loops over the objects of protobuf count them."""
    functions = {row.id: row for row in map(pb.Function.FromString, envelope.function)}
    strings = [text.decode("utf-8", "replace") for text in envelope.string_table]
    names: dict[int, list[str]] = {}
    for place in map(pb.Location.FromString, envelope.location):
        rows = [functions[line.function_id] for line in place.line if line.function_id]
        names[place.id] = [
            strings[row.name] if row.name and row.name != row.system_name else simplified(strings[row.system_name])
            for row in rows
        ]
    found: dict[str, list[int]] = {}
    for sample in map(pb.Sample.FromString, envelope.sample):
        stack = [name for place in sample.location_id for name in names[place]]
        for name in set(stack):
            row = found.setdefault(name, [0, 0])
            row[1] += sample.value[-1]
            row[0] += sample.value[-1] if name == stack[0] else 0
    return {name: (flat, cum) for name, (flat, cum) in found.items() if flat or cum}


def test_the_table_is_what_plain_loops_count(shared: Path) -> None:
    checked = 0
    for name, envelope in envelopes(shared):
        if envelope.drop_frames or not envelope.sample_type:
            continue
        profile = profile_of(parsed(envelope.SerializeToString()), name)
        if all(frame.function for frame in profile.frames):
            assert ours(profile, profile.sample_types[-1].type) == counted(envelope), name
            checked += 1
    assert checked > 10
