"""What every recording must be: small, whole, with its truth beside it and never inside, and of no machine's paths."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from score.cases import Case, read, recorded

from diagnose.playbook.causes import CAUSES

MOST_BYTES = 300 * 1024
MACHINE = re.compile(rb"/(?:root|work|tmp/lab|tmp/tmp|tmp/go-build)/[/\w.-]*|/home/(?!build/)\w+/")
TELLING = re.compile(rb"/lab/fault|creep_s=|truth\.json|LAB_SEED|fault_[a-z]+\.(?:go|py|js|java)")


def content(path: Path) -> bytes:
    """What a file holds; a profile that the service could not serve to its end is cut short, as in life."""
    data = path.read_bytes()
    return zlib.decompressobj(wbits=31).decompress(data) if data[:2] == b"\x1f\x8b" else data


def files(case: Case, root: Path) -> Iterator[Path]:
    return (path for path in sorted((root / "examples" / "incidents" / case.name).rglob("*")) if path.is_file())


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return recorded()


def test_each_recording_has_its_truth_beside_it_and_each_truth_its_recording(
    root: Path, cases: tuple[Case, ...]
) -> None:
    folders = {path.name for path in (root / "examples" / "incidents").iterdir() if path.is_dir()}
    assert folders == {case.name for case in cases}


def test_each_truth_agrees_with_itself(cases: tuple[Case, ...]) -> None:
    for case in cases:
        assert case.cause in CAUSES, case.name
        assert case.program, case.name
        assert case.healthy == (case.onset is None) == (not case.culprit), case.name
        assert case.onset is None or case.start < case.onset < case.end, case.name


def test_each_recording_holds_a_log_metrics_and_neutral_names_only(root: Path, cases: tuple[Case, ...]) -> None:
    allowed = re.compile(r"app\.log\.gz|metrics\.om\.gz|profiles/\d\d\.pb\.gz")
    for case in cases:
        names = {path.relative_to(root / "examples" / "incidents" / case.name).as_posix() for path in files(case, root)}
        assert {"app.log.gz", "metrics.om.gz"} <= names, case.name
        assert [name for name in names if not allowed.fullmatch(name)] == [], case.name


def test_each_recording_is_small(root: Path, cases: tuple[Case, ...]) -> None:
    sizes = {case.name: sum(path.stat().st_size for path in files(case, root)) for case in cases}
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def test_no_recording_holds_a_path_of_a_machine_or_the_truth(root: Path, cases: tuple[Case, ...]) -> None:
    found = {
        path.relative_to(root).as_posix(): match.group().decode()
        for case in cases
        for path in files(case, root)
        for pattern in (MACHINE, TELLING)
        if (match := pattern.search(content(path)))
    }
    assert found == {}


def test_the_set_is_varied_and_a_third_of_it_is_healthy(cases: tuple[Case, ...]) -> None:
    assert sum(case.healthy for case in cases) * 3 >= len(cases) >= 60
    assert len({case.program for case in cases}) >= 4
    assert len({case.cause for case in cases} - {"healthy"}) >= 20
    assert Counter(case.program for case in cases if case.healthy).most_common()[-1][1] >= 1


def test_a_truth_is_read(tmp_path: Path) -> None:
    truth = {
        "program": "go-x",
        "cause": "disk-full",
        "culprit": ["core"],
        "onset": "2026-01-01T00:02:00Z",
        "window": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:04:00Z"},
        "noise": [],
    }
    (tmp_path / "x" / "profiles").mkdir(parents=True)
    (tmp_path / "x" / "app.log.gz").write_bytes(gzip.compress(b"line\n"))
    (tmp_path / "x.truth.json").write_text(json.dumps(truth))
    case = read(tmp_path / "x.truth.json")
    assert (case.name, case.onset, case.end - case.start) == ("x", case.start + 120, 240)
    assert case.signals == {"logs", "profiles"}
