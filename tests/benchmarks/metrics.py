"""Detectors on made series, beside ruptures where it is installed, and a large answer of a real Prometheus.

Run it as `python -m tests.benchmarks.metrics [--series 10000] [--points 720] [--ruptures 20] [--load 10000]`.

Five equal groups of series of random scale, their level up to 5 deviations: white noise, AR(1) noise (phi = 0.7), a
step of 3 deviations, a linear trend of 6 deviations over the window, a spike of 6 deviations for 30 points. Findings in
the first two are false alarms, in the others hits; a step is dated when its moment is within 5 points. Seconds are
those of the CPU, so that a busy machine tells the same as an idle one. The methods of ruptures are given some series of
each group, and their seconds are extrapolated.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from diagnose.checks.metrics.changes import changes
from diagnose.signals.series import FloatArray, Measure, Role
from diagnose.signals.window import Window

Finder = Callable[[FloatArray], list[list[int]]]
"""Rows to the indexes at which each changes."""
GROUPS = ("white noise", "AR(1) noise", "step", "trend", "spike")
HEADS = ("white", "AR(1)", "step", "dated", "trend", "spike")
STEP = GROUPS.index("step")
SPIKE = 30
NEAR = 5


def say(line: str) -> None:
    """One line on stdout, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def made(series: int, points: int, seed: int = 7) -> tuple[FloatArray, np.ndarray]:
    """Rows of the five groups one after another, and for each the index where its event begins."""
    rng = np.random.default_rng(seed)
    each = series // len(GROUPS)
    rows = rng.standard_normal((each * len(GROUPS), points))
    begins = rng.integers(points // 6, points * 5 // 6, rows.shape[0])
    group = np.repeat(np.arange(len(GROUPS)), each)
    slow = rows[group == 1]
    for index in range(1, points):
        slow[:, index] = 0.7 * slow[:, index - 1] + np.sqrt(1 - 0.49) * slow[:, index]
    rows[group == 1] = slow
    index = np.arange(points)
    rows[group == 2] += 3.0 * (index >= begins[group == 2][:, None])
    rows[group == 3] += 6.0 * index / points
    spike = (index >= begins[group == 4][:, None]) & (index < begins[group == 4][:, None] + SPIKE)
    rows[group == 4] += 6.0 * spike
    level = rng.uniform(0, 5, rows.shape[0])[:, None]
    return (level + rows) * 10.0 ** rng.uniform(-3, 6, rows.shape[0])[:, None], begins


def table(rows: FloatArray, begins: np.ndarray, methods: Mapping[str, tuple[Finder, int]]) -> None:
    """Print a line a method: seconds for all rows, false alarms and hits; each is given so many rows of each group."""
    say(
        f"{rows.shape[0]} series x {rows.shape[1]} points" + " " * 8 + "CPU s   " + "  ".join(f"{g:>11}" for g in HEADS)
    )
    each = rows.shape[0] // len(GROUPS)
    for name, (method, count) in methods.items():
        chosen = np.concatenate([np.arange(group * each, group * each + count) for group in range(len(GROUPS))])
        began = time.process_time()
        found = method(rows[chosen])
        seconds = (time.process_time() - began) * rows.shape[0] / chosen.size
        hits = [found[group * count : (group + 1) * count] for group in range(len(GROUPS))]
        shares = [sum(bool(one) for one in group) / count for group in hits]
        steps = zip(hits[STEP], begins[chosen[STEP * count : (STEP + 1) * count]], strict=True)
        near = sum(any(abs(at - begin) <= NEAR for at in one) for one, begin in steps) / count
        cells = [*shares[: STEP + 1], near, *shares[STEP + 1 :]]
        say(f"{name:24} {seconds:12.2f}   " + "  ".join(f"{cell:11.2%}" for cell in cells))


def ours(rows: FloatArray) -> list[list[int]]:
    """Where each row changes by all detectors together, each row a measure named by its number."""
    times = np.arange(rows.shape[1]) * 15.0
    measures_ = [Measure(Role.OTHER, str(i), "", "", "", times, row, "") for i, row in enumerate(rows)]
    found: list[list[int]] = [[] for _ in rows]
    for change in changes(measures_):
        found[int(change.measure.name)].append(round(change.at / 15.0))
    return found


def peers(count: int) -> dict[str, tuple[Finder, int]]:
    """Methods of ruptures with the penalty of the Bayesian information criterion, for so many rows of each group."""
    import ruptures

    def method(fit: Callable[[FloatArray], Any]) -> Finder:
        def find(rows: FloatArray) -> list[list[int]]:
            scaled = (rows - rows.mean(axis=1, keepdims=True)) / rows.std(axis=1, keepdims=True)
            penalty = 3 * np.log(rows.shape[1])
            return [fit(row).predict(pen=penalty)[:-1] for row in scaled]

        return find

    return {
        "ruptures KernelCPD": (method(ruptures.KernelCPD(kernel="linear", min_size=5).fit), count),
        "ruptures Binseg l2": (method(ruptures.Binseg(model="l2", jump=5).fit), count),
        "ruptures PELT l2": (method(ruptures.Pelt(model="l2", jump=5).fit), count),
    }


@contextmanager
def served(series: int, points: int) -> Iterator[tuple[str, Window]]:
    """A real Prometheus with counters and gauges of many instances."""
    with tempfile.TemporaryDirectory() as folder:
        start = 1_700_000_000
        text = Path(folder) / "made.om"
        with text.open("w") as out:
            for kind, name in (("counter", "shop_requests"), ("gauge", "shop_level")):
                out.write(f"# TYPE {name} {kind}\n")
                suffix = "_total" if kind == "counter" else ""
                for number in range(series // 2):
                    value = number
                    for point in range(points):
                        value += (number * 31 + point * 17) % 97
                        shown = value if kind == "counter" else value % 1000 + 0.25
                        out.write(f'{name}{suffix}{{instance="h:{number}",job="shop"}} {shown} {start + 15 * point}\n')
            out.write("# EOF\n")
        data = Path(folder) / "data"
        subprocess.run(
            ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(data)],
            check=True,
            capture_output=True,
        )
        (Path(folder) / "p.yml").write_text("scrape_configs: []\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={folder}/p.yml",
                f"--storage.tsdb.path={data}",
                "--storage.tsdb.retention.time=100y",
                f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=error",
            ]
        )
        try:
            wait(port)
            yield f"http://127.0.0.1:{port}", Window(float(start), float(start + 15 * points))
        finally:
            server.terminate()
            server.wait()


def wait(port: int) -> None:
    """Until the port answers."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(1)
                return
        time.sleep(0.1)


OURS = (
    """
from diagnose.signals.window import Window
from diagnose.sources.metrics import prometheus
""",
    """
series, gaps = prometheus.collect(url, Window(start, end), select='job="shop"')
assert not gaps, gaps
samples = sum(each.values.size for each in series)
""",
)
THEIRS = (
    """
import numpy as np
from datetime import datetime, timezone
from prometheus_api_client import PrometheusConnect
""",
    """
samples, client = 0, PrometheusConnect(url=url)
at = [datetime.fromtimestamp(moment, timezone.utc) for moment in (start, end - 1)]
for name in ("shop_requests_total", "shop_level"):
    rows = client.custom_query_range(name, *at, "15")
    samples += sum(len(np.array([float(value) for _, value in row["values"]])) for row in rows)
""",
)
MEASURED = """
import json, re, sys, time
{imports}
url, start, end = json.loads(sys.argv[1])
cpu, wall = time.process_time(), time.perf_counter()
{code}
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
status = open("/proc/self/status").read()
print(samples, cpu, wall, int(re.search(r"VmHWM:\\s*(\\d+) kB", status)[1]) / 1024)
"""


def loaded(url: str, window: Window) -> None:
    """Print what it takes from the server's answer to arrays, each in a process of its own: ours, and the client's."""
    given, cpu = json.dumps([url, window.start, window.end]), {}
    for name, (imports, code) in (("ours", OURS), ("custom_query_range", THEIRS)):
        command = [sys.executable, "-c", MEASURED.format(imports=imports, code=code), given]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        samples, cpu[name], wall, peak = int(told[0]), *map(float, told[1:])
        say(f"{name:24} {samples} samples: {cpu[name]:.2f} s CPU, {wall:.2f} s in all, peak {peak:.0f} MB")
    say(f"custom_query_range takes {cpu['custom_query_range'] / cpu['ours']:.1f} x the CPU time of ours")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--points", type=int, default=720)
    parser.add_argument("--ruptures", type=int, default=20, metavar="N", help="series of each group given to ruptures")
    parser.add_argument("--load", type=int, default=2_000, metavar="N", help="series to load from a real Prometheus")
    options = parser.parse_args()
    say(datetime.now(UTC).strftime("%Y-%m-%d"))
    rows, begins = made(options.series, options.points)
    methods: dict[str, tuple[Finder, int]] = {"diagnose, all detectors": (ours, options.series // len(GROUPS))}
    if options.ruptures and importlib.util.find_spec("ruptures"):
        methods |= peers(options.ruptures)
    table(rows, begins, methods)
    if options.load and shutil.which("promtool") and shutil.which("prometheus"):
        with served(options.load, options.points) as (url, window):
            loaded(url, window)


if __name__ == "__main__":
    main()
