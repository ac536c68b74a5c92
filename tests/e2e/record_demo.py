"""Make the bundle of `diagnose demo` anew: python -m tests.e2e.record_demo RECORDING.

RECORDING holds app.log, profiles/ and case.json; beside it lies the Prometheus data directory that case.json names.
The sources are read from inside RECORDING and the server's address is written as the usual one, so that neither a
path nor a port of this machine gets into the bundle.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from diagnose.investigate import Request, collect, save
from diagnose.signals.window import Window, parse_moment
from tests.e2e.conftest import prometheus

DEMO = Path(__file__).resolve().parents[2] / "diagnose" / "demo"
SHOWN = "http://127.0.0.1:9090"


def bundle(recording: Path) -> dict[str, bytes]:
    """The files of the bundle; changes the working directory."""
    told = json.loads((recording / "case.json").read_text())
    window = Window(parse_moment(told["start"], now=0.0), parse_moment(told["end"], now=0.0))
    select = f'job="{told["job"]}",instance="{told["instance"]}"'
    data = (recording.parent / told["tsdb"]).resolve()
    os.chdir(recording)
    with tempfile.TemporaryDirectory() as scratch, prometheus(data, Path(scratch)) as url:
        request = Request(window, prometheus=url, select=select, logs=("app.log",), profiles=("profiles",))
        return save(replace(collect(request, progress=lambda _: None), prometheus=SHOWN))


def main() -> None:
    files = bundle(Path(sys.argv[1]))
    shutil.rmtree(DEMO, ignore_errors=True)
    for name, data in files.items():
        (DEMO / name).parent.mkdir(parents=True, exist_ok=True)
        (DEMO / name).write_bytes(data)
    sys.stdout.write(f"{len(files)} files, {sum(map(len, files.values()))} bytes\n")


if __name__ == "__main__":
    main()
