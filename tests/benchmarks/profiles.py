"""`diagnose profile top` beside `go tool pprof -top` on heap and goroutine profiles of about 1, 10 and 100 MB.

Run it as `python -m tests.benchmarks.profiles [--sizes 1,10] [--runs 3]`; it prints one line a profile: processor
seconds and peak memory of both, their ratio, and whether the tables of functions are identical. pprof is timed as
people call it; the table that is compared is one without its cuts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from diagnose.sources.profiles import pprof_pb2 as pb

FUNCTIONS, CALLS = 3000, 8
TYPES = {
    "heap": [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ],
    "goroutine": [("goroutine", "count")],
}


def write(path: Path, kind: str, samples: int, seed: int = 1) -> None:
    """A profile with deep, varied stacks of a realistic call graph.

    Every function has eight call sites, used as Zipf has it; sizes are of sixty classes, as allocators round them.
    """
    dice = np.random.default_rng(seed)
    callees = dice.integers(0, FUNCTIONS, (FUNCTIONS, CALLS))
    usual = np.cumsum(1 / np.arange(1, CALLS + 1))
    strings: dict[str, int] = {"": 0}

    def text(value: str) -> int:
        return strings.setdefault(value, len(strings))

    made = pb.Envelope(time_nanos=1_700_000_000_000_000_000, period=524288)
    for name, unit in TYPES[kind]:
        made.sample_type.append(pb.ValueType(type=text(name), unit=text(unit)))
    for i in range(FUNCTIONS):
        name = text(f"example.com/app/pkg{i % 40}.(*Type{i % 7}).method{i}")
        row = pb.Function(id=i + 1, name=name, system_name=name, filename=text(f"/src/app/pkg{i % 40}/file.go"))
        made.function.append(row.SerializeToString())
        for branch in range(CALLS):  # one location a call site
            number = i * CALLS + branch + 1
            line = pb.Line(function_id=i + 1, line=10 + branch)
            made.location.append(
                pb.Location(id=number, address=0x400000 + number * 16, line=[line]).SerializeToString()
            )
    depth = dice.integers(10, 61, samples)
    at = dice.integers(0, 20, samples)
    columns = []
    for _ in range(60):
        branch = np.searchsorted(usual / usual[-1], dice.random(samples))
        columns.append(at * CALLS + branch + 1)
        at = callees[at, branch]
    stacks = np.stack(columns, axis=1)
    values = dice.integers(1, 1 << 20, (samples, len(TYPES[kind]))) if kind == "heap" else np.ones((samples, 1), int)
    size, classes = text("bytes"), np.unique(np.geomspace(8, 1 << 20, 60).astype(int))
    for i in range(samples):
        labels = [pb.Label(key=size, num=int(classes[i % len(classes)])).SerializeToString()] if kind == "heap" else []
        row = pb.Sample(location_id=stacks[i, : depth[i]][::-1].tolist(), value=values[i].tolist(), label=labels)
        made.sample.append(row.SerializeToString())
    made.string_table.extend(value.encode() for value in strings)
    path.write_bytes(gzip.compress(made.SerializeToString(), 1))


def measure(command: list[str], runs: int) -> tuple[float, float, str]:
    """Median processor seconds, peak MB and the output of a whole process: a busy machine would stretch the clock's."""
    seconds, peak, out = [], 0.0, ""
    for _ in range(runs):
        with tempfile.TemporaryFile("w+") as sink:
            child = subprocess.Popen(command, stdout=sink, stderr=subprocess.DEVNULL)
            _, _, usage = os.wait4(child.pid, 0)
            seconds.append(usage.ru_utime + usage.ru_stime)
            sink.seek(0)
            out = sink.read()
        peak = max(peak, usage.ru_maxrss / 1024)
    return statistics.median(seconds), peak, out


def table_of_go(out: str) -> dict[str, tuple[int, int]]:
    """Flat and cum by function from the text of `go tool pprof -top`."""
    rows: dict[str, tuple[int, int]] = {}
    for line in out.partition("cum%")[2].splitlines()[1:]:
        flat, _, _, cum, _, name = line.split(None, 5)
        numbers = [int(float(re.sub(r"[A-Za-z]+$", "", value))) for value in (flat, cum)]
        rows[re.sub(r" \((partial-)?inline\)$", "", name)] = (numbers[0], numbers[1])
    return rows


def main() -> None:
    """Write the profiles, run both programs on each, print the comparison."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", default="1,10,100", help="megabytes before compression")
    arguments.add_argument("--kinds", default="heap,goroutine")
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--keep", type=Path, default=None, help="a folder for the profiles")
    arguments.add_argument("--write", nargs=3, metavar=("PATH", "KIND", "SAMPLES"), help="only write one profile")
    asked = arguments.parse_args()
    if asked.write:
        write(Path(asked.write[0]), asked.write[1], int(asked.write[2]))
        return
    folder = asked.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    for kind in asked.kinds.split(","):
        for size in map(float, asked.sizes.split(",")):
            path = folder / f"{kind}-{size:g}.pb.gz"
            if not path.exists():
                # in a process of its own: a child's peak memory counts what its parent held when it was started
                samples = int(size * 1e6 / (95 if kind == "heap" else 78))
                maker = [sys.executable, "-m", "tests.benchmarks.profiles", "--write", str(path), kind, str(samples)]
                subprocess.run(maker, check=True)
            compare(path, asked.runs, kind)
    if asked.keep is None:
        shutil.rmtree(folder)


def compare(path: Path, runs: int, kind: str) -> None:
    """One line on one profile."""
    ours = [sys.executable, "-m", "diagnose", "profile", "top", "--json", str(path)]
    seconds, peak, out = measure(ours, runs)
    rows = {row["name"]: (row["flat"], row["cum"]) for row in json.loads(out)["functions"]}
    theirs, their_peak, _ = measure(
        ["go", "tool", "pprof", "-top", str(path)], 1 if path.stat().st_size > 20e6 else runs
    )
    unit = "B" if kind == "heap" else "minimum"
    whole = ["-top", "-nodefraction=0", "-edgefraction=0", "-nodecount=1000000", f"-unit={unit}", str(path)]
    same = "identical" if table_of_go(measure(["go", "tool", "pprof", *whole], 1)[2]) == rows else "DIFFERENT"
    sys.stdout.write(
        f"{path.name}: diagnose {seconds:.2f} s {peak:.0f} MB, go tool pprof {theirs:.2f} s {their_peak:.0f} MB, "
        f"{theirs / seconds:.1f} times faster, memory 1/{their_peak / peak:.1f}, {len(rows)} functions {same}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
