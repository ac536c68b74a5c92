"""The log engine beside ripgrep, a plain Python loop and Drain3 on one mixed log.

Run it as `python -m tests.benchmarks.logs [--size 1e9] [--runs 3]`. The log holds JSON lines, logfmt and plain text,
six hours of it, about 2 % errors, some with traces, a few milliseconds out of order. Peers that are not installed are
left out. Every row is a whole process but the naive loop and Drain3, which run on a part and are scaled up.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from diagnose.signals.window import rfc3339

START, HOURS = 1_795_154_400.0, 6
LEVELS = re.compile(r"ERROR|WARN|INFO|DEBUG")
STRUCTURAL = '"level":"ERROR"|level=ERROR| ERROR \\['
IMPORTS = "from diagnose.sources.logs import collect"
OURS = (
    "import sys; from diagnose.sources.logs import collect; from diagnose.signals.window import Window;"
    "d, _ = collect([sys.argv[1]], Window(float(sys.argv[2]), float(sys.argv[3])));"
    "print(sum(int(counts.sum()) for counts in d.levels.values()))"
)


def write(path: Path, size: float) -> int:
    """The mixed log; gives the number of lines."""
    dice, lines, mean = random.Random(7), 0, 165
    total = int(size / mean)
    with path.open("w") as out:
        for number in range(total):
            second = START + HOURS * 3600 * number / total + dice.uniform(-0.005, 0.005)
            draw = dice.random()
            level = "ERROR" if draw < 0.02 else "WARN" if draw < 0.05 else "DEBUG" if draw < 0.2 else "INFO"
            out.write(line(dice, rfc3339(second), level) + "\n")
            lines += 1
            if level == "ERROR" and dice.random() < 0.05:
                out.write("goroutine 12 [running]:\nmain.serve(0xc0000, 0x1)\n\t/src/app/main.go:12 +0x1a\n")
                lines += 3
    return lines


def line(dice: random.Random, at: str, level: str) -> str:
    """One record in one of three formats."""
    text = dice.choice(["request done", "cache refreshed", "job finished", "user logged in"])
    if level == "ERROR":
        what = f"{dice.choice(['read', 'write', 'commit'])} {dice.choice(['order', 'cart', 'stock', 'invoice'])}"
        address = f"10.0.{dice.randrange(256)}.{dice.randrange(256)}:{dice.randrange(1024, 65536)}"
        text = f"{what} failed for {uuid.UUID(int=dice.getrandbits(128))}: dial tcp {address}: connection refused"
    elif level == "WARN":
        text = f"retry budget low, last was ERROR {dice.randrange(999)}"
    shape = dice.random()
    if shape < 0.45:
        source = {"function": "main.serve", "file": "/src/app/main.go", "line": dice.randrange(900)}
        found = {
            "time": at,
            "level": level,
            "source": source,
            "msg": text,
            "request_id": f"{dice.getrandbits(64):016x}",
        }
        return json.dumps(found, separators=(",", ":"))
    if shape < 0.75:
        return f'time={at} level={level} msg="{text}" component=worker-{dice.randrange(8)} took={dice.randrange(900)}ms'
    return f"{at[:19].replace('T', ' ')} {level} [worker-{dice.randrange(16)}] com.acme.Service - {text}"


def timed(run: Callable[[], object], runs: int) -> float:
    """Median wall seconds."""
    spent = []
    for _ in range(runs):
        begun = time.perf_counter()
        run()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def ours(path: Path, start: float, end: float) -> str:
    """How many records were counted, by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", OURS, str(path), str(start), str(end)], capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def naive(path: Path, most: int) -> None:
    """What one would write first: json.loads, a regular expression, fromisoformat, line by line."""
    counts: Counter[tuple[int, str]] = Counter()
    with path.open() as lines:
        for text, _ in zip(lines, range(most), strict=False):
            if text[:1] == "{":
                found = json.loads(text)
                at, level = found["time"], found["level"]
            elif (stated := LEVELS.search(text)) is not None:
                at = text[5:29] if text.startswith("time=") else text[:19] + "Z"
                level = stated.group()
            else:
                continue
            counts[int(datetime.fromisoformat(at.split()[0].replace("Z", "+00:00")).timestamp()) // 60, level] += 1


def mining(messages: list[str]) -> float:
    """Messages a second of our own grouping."""
    from diagnose.sources.logs.patterns import Grouping
    from diagnose.sources.logs.record import Record

    grouping = Grouping(lambda text: text)
    begun = time.perf_counter()
    for message in messages:
        grouping.add(Record(0.0, 4, message), 0.0, 0, "")
    return len(messages) / (time.perf_counter() - begun)


def drain(messages: list[str]) -> float:
    """Messages a second of Drain3 without masks."""
    from drain3 import TemplateMiner

    miner = TemplateMiner()
    begun = time.perf_counter()
    for message in messages:
        miner.add_log_message(message)
    return len(messages) / (time.perf_counter() - begun)


def say(text: str) -> None:
    """One row of the table."""
    sys.stdout.write(text + "\n")


def main() -> None:
    """Prints one row a measurement."""
    options = argparse.ArgumentParser()
    options.add_argument("--size", type=float, default=1e9)
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mixed.log"
        lines = write(path, chosen.size)
        gigabytes = path.stat().st_size / 1e9
        say(f"{gigabytes:.2f} GB, {lines} lines")
        end = START + HOURS * 3600 + 1
        rows = {"full scan": timed(lambda: ours(path, START - 1, end), chosen.runs)}
        rows["ten minutes of six hours"] = timed(lambda: ours(path, START + 7200, START + 7800), chosen.runs)
        rows["imports alone"] = timed(lambda: subprocess.run([sys.executable, "-c", IMPORTS], check=True), chosen.runs)
        packed = path.with_suffix(".gz")
        with path.open("rb") as plain, gzip.open(packed, "wb", compresslevel=6) as out:
            shutil.copyfileobj(plain, out)
        rows["full scan, gzip"] = timed(lambda: ours(packed, START - 1, end), chosen.runs)
        if shutil.which("rg"):
            rows["rg -c, structural"] = timed(
                lambda: subprocess.run(["rg", "-c", STRUCTURAL, path], capture_output=True, check=True), chosen.runs
            )
            rows["rg -z -c"] = timed(
                lambda: subprocess.run(["rg", "-z", "-c", "ERROR", packed], capture_output=True, check=True),
                chosen.runs,
            )
        part = min(lines, 200_000)
        rows["naive loop (scaled)"] = timed(lambda: naive(path, part), 1) * lines / part
        for name, seconds in rows.items():
            say(f"{name:28} {seconds:8.2f} s {gigabytes / seconds:8.2f} GB/s")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        say(f"peak memory of a child       {peak:8.0f} MB")
        dice = random.Random(9)
        messages = [
            line(dice, rfc3339(START), "ERROR").partition(" - ")[2] or "write order failed" for _ in range(100_000)
        ]
        say(f"grouping                     {mining(messages) / 1e3:8.0f} k messages/s")
        if importlib.util.find_spec("drain3"):
            say(f"grouping, Drain3             {drain(messages) / 1e3:8.0f} k messages/s")


if __name__ == "__main__":
    main()
