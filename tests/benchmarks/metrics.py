"""Detectors on made series, beside ruptures where it is installed, and a large answer of a real Prometheus.

Run it as `python -m tests.benchmarks.metrics [--series 10000] [--points 720] [--ruptures 20] [--prometheus]`.

Five equal groups of series of random scale, their level up to 5 deviations: white noise, AR(1) noise (phi = 0.7), a
step of 3 deviations, a linear trend of 6 deviations over the window, a spike of 6 deviations for 30 points. False
alarms
are the findings in the first two, hits those in the others; a step is dated when its moment is within 5 points.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.changes import changes
from diagnose.signals.measures import measures
from diagnose.signals.series import FloatArray, Measure, Role
from diagnose.signals.window import Window
from diagnose.sources.metrics import prometheus

GROUPS = ("white noise", "AR(1) noise", "step", "trend", "spike")
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


def ours(rows: FloatArray) -> list[MetricChange]:
    """All changes of the rows, each row a measure named by its number."""
    times = np.arange(rows.shape[1]) * 15.0
    return list(changes([Measure(Role.OTHER, str(i), "", "", "", times, row, "") for i, row in enumerate(rows)]))


def table(rows: FloatArray, begins: np.ndarray) -> None:
    """Print seconds, false alarms and hits of all detectors together."""
    began = time.perf_counter()
    found = {int(change.measure.name): change for change in ours(rows)}
    seconds = time.perf_counter() - began
    each = rows.shape[0] // len(GROUPS)
    say(f"{rows.shape[0]} series x {rows.shape[1]} points: {seconds:.2f} s on one core")
    for number, group in enumerate(GROUPS):
        mine = [found[row] for row in range(number * each, (number + 1) * each) if row in found]
        line = f"  {group:12} found {len(mine) / each:7.2%}"
        if group == "step":
            near = sum(abs(change.at / 15.0 - begins[int(change.measure.name)]) <= NEAR for change in mine)
            line += f"   dated within {NEAR} points {near / each:7.2%}"
        if group == "trend":
            line += f"   as a trend {sum(change.kind is ChangeKind.TREND for change in mine) / each:7.2%}"
        say(line)


def beside(rows: FloatArray, count: int) -> None:
    """The same for some methods of ruptures, on a few series of each group, extrapolated."""
    if importlib.util.find_spec("ruptures") is None:
        say("ruptures is not installed: pip install ruptures")
        return
    import ruptures

    each = rows.shape[0] // len(GROUPS)
    penalty = 3 * np.log(rows.shape[1])
    methods: dict[str, Callable[[FloatArray], list[int]]] = {
        "KernelCPD linear": lambda x: ruptures.KernelCPD(kernel="linear", min_size=5).fit(x).predict(pen=penalty),
        "Binseg l2": lambda x: ruptures.Binseg(model="l2", jump=5).fit(x).predict(pen=penalty),
        "PELT l2": lambda x: ruptures.Pelt(model="l2", jump=5).fit(x).predict(pen=penalty),
    }
    for name, method in methods.items():
        began, hits = time.perf_counter(), []
        for number in range(len(GROUPS)):
            part = rows[number * each : number * each + count]
            part = (part - part.mean(axis=1, keepdims=True)) / part.std(axis=1, keepdims=True)
            hits.append(sum(len(method(row)) > 1 for row in part) / count)
        seconds = (time.perf_counter() - began) / (count * len(GROUPS)) * rows.shape[0]
        say(f"{name}: {seconds:.0f} s  " + "  ".join(f"{g} {hit:.0%}" for g, hit in zip(GROUPS, hits, strict=True)))


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


def loaded(url: str, window: Window) -> None:
    """Print how long the answer takes as arrays, and with the client's own decoding."""
    began = time.perf_counter()
    series, gaps = prometheus.collect(url, window, select="")
    mine = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    samples = sum(each.times.size for each in series)
    say(f"ours: {len(series)} series, {samples} samples in {mine:.2f} s, peak {peak:.0f} MB, gaps {len(gaps)}")
    began = time.perf_counter()
    found = measures(series, window)
    say(f"measures: {len(found)} in {time.perf_counter() - began:.2f} s")
    began = time.perf_counter()
    say(f"changes: {len(changes(found))} in {time.perf_counter() - began:.2f} s")
    script = (
        "import json,sys,time,numpy as np\n"
        "from datetime import datetime,timezone\n"
        "from prometheus_api_client import PrometheusConnect\n"
        "url,start,end=json.loads(sys.argv[1]); t=time.perf_counter(); n=0\n"
        "at=lambda s: datetime.fromtimestamp(s,timezone.utc)\n"
        "for name in ('shop_requests_total','shop_level'):\n"
        "    rows=PrometheusConnect(url=url).custom_query_range(name,at(start),at(end),'15')\n"
        "    n+=sum(len(np.array([float(v) for _,v in row['values']])) for row in rows)\n"
        "print(n,time.perf_counter()-t)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, json.dumps([url, window.start, window.end - 1])],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    count, seconds = answer.stdout.split()
    say(
        f"custom_query_range and float(): {count} samples in {float(seconds):.2f} s, {float(seconds) / mine:.1f} x ours"
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--points", type=int, default=720)
    parser.add_argument("--ruptures", type=int, default=0, metavar="N", help="series of each group to give to ruptures")
    parser.add_argument("--prometheus", action="store_true", help="also serve as many series from a real Prometheus")
    options = parser.parse_args()
    say(datetime.now(UTC).strftime("%Y-%m-%d"))
    rows, begins = made(options.series, options.points)
    table(rows, begins)
    if options.ruptures:
        beside(rows, options.ruptures)
    if options.prometheus and shutil.which("promtool") and shutil.which("prometheus"):
        with served(options.series, options.points) as (url, window):
            loaded(url, window)


if __name__ == "__main__":
    main()
