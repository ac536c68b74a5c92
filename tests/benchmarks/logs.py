"""The log engine beside ripgrep, lnav, jq and a plain Python loop on one mixed log.

Run it as `python -m tests.benchmarks.logs [--size 1e9] [--runs 3] [--patience 60]`. The log holds six hours of JSON
lines, logfmt and plain text, about 190 bytes a line, 2 % errors, a fifth of them with traces, a few milliseconds out of
order. Every row is a process of its own: median wall and CPU seconds, CPU in units of `rg` counting errors by their
structure, and the largest process's memory. Peers that are not installed are left out; the plain loop, jq and lnav see
a part of the log, and their rows are scaled up to all of it. A row that takes longer than the patience is given up.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

START, HOURS = 1_795_154_400, 6
END = START + HOURS * 3600 + 1
RECORD = re.compile(
    r"(?:time=)?(?P<time>\d{4}-\d\d-\d\d[T ][\d:.,]+Z?) (?:level=)?(?P<level>[A-Z]+) "
    r'(?:msg="(?P<quoted>(?:[^"\\]|\\.)*)"|\[[^\]]*\] \S+ - (?P<rest>.*))'
)
VARYING = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8,}\b|\d+")
STRUCTURAL = '"level":"ERROR"|level=ERROR| ERROR \\['
PART = 2e7
COUNT = ";SELECT strftime('%Y-%m-%d %H:%M', log_time), log_level, count(*) FROM all_logs GROUP BY 1, 2"
MINUTES = '"\\(.time[0:16]) \\(.level)"'
OURS = (
    "import sys; from diagnose.sources.logs import collect; from diagnose.signals.window import Window;"
    "d, _ = collect([sys.argv[1]], Window(float(sys.argv[2]), float(sys.argv[3])), workers=int(sys.argv[4]));"
    "print(sum(int(counts.sum()) for counts in d.levels.values()))"
)
NAIVE = "import sys; from pathlib import Path; from tests.benchmarks.logs import naive; naive(Path(sys.argv[1]))"
TRACE = (
    "goroutine 12 [running]:\nmain.do(0x1)\n\t/src/app/do.go:7 +0x1a\nmain.serve(0x2)\n\t/src/app/main.go:12 +0x1a\n"
)
VERBS = [
    f"{verb} {what}" for verb in ("read", "write", "commit", "lock") for what in ("order", "cart", "stock", "bill")
]


@dataclass(frozen=True)
class Cost:
    """What a process cost: wall and CPU seconds, and the megabytes of its largest process."""

    wall: float
    cpu: float
    peak: float


def write(path: Path, size: float) -> int:
    """The mixed log; gives the number of lines."""
    dice, lines, mean = random.Random(7), 0, 190
    total = int(size / mean)
    with path.open("w") as out:
        for number in range(total):
            at = START + HOURS * 3600 * number / total + dice.uniform(-0.005, 0.005)
            draw = dice.random()
            level = "ERROR" if draw < 0.02 else "WARN" if draw < 0.05 else "DEBUG" if draw < 0.2 else "INFO"
            out.write(line(dice, at, level) + "\n")
            lines += 1
            if level == "ERROR" and dice.random() < 0.2:
                out.write(TRACE)
                lines += TRACE.count("\n")
    return lines


def line(dice: random.Random, at: float, level: str) -> str:
    """One record in one of three formats."""
    text, shape, request = message(dice, level), dice.random(), f"{dice.getrandbits(64):016x}"
    stamp = datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    path = f"/api/v1/{dice.choice(['orders', 'carts', 'users'])}/{dice.randrange(99_999)}"
    if shape < 0.45:
        found = {
            "time": f"{stamp}.{int(at % 1 * 1e9):09d}Z",
            "level": level,
            "source": {"function": "main.serve", "file": "/src/app/main.go", "line": dice.randrange(900)},
            "msg": text,
            "request_id": request,
            "method": "GET",
            "path": path,
            "status": 500 if level == "ERROR" else 200,
            "duration_ms": dice.randrange(900),
        }
        return json.dumps(found, separators=(",", ":"))
    if shape < 0.75:
        rest = f"component=worker-{dice.randrange(8)} request_id={request} path={path} took={dice.randrange(900)}ms"
        return f'time={stamp}.{int(at % 1 * 1e3):03d}Z level={level} msg="{text}" {rest}'
    where = f"[worker-{dice.randrange(16)}] com.acme.checkout.OrderService"
    return f"{stamp.replace('T', ' ')},{int(at % 1 * 1e3):03d} {level} {where} - {text} (request {request})"


def message(dice: random.Random, level: str) -> str:
    """What a record says; warnings speak of errors too."""
    if level == "ERROR":
        address = f"10.0.{dice.randrange(256)}.{dice.randrange(256)}:{dice.randrange(1024, 65536)}"
        return (
            f"{dice.choice(VERBS)} failed for {uuid.UUID(int=dice.getrandbits(128))}: dial tcp {address}: "
            f"{dice.choice(['connection refused', 'i/o timeout'])}"
        )
    if level == "WARN":
        return f"retry budget low, last was ERROR {dice.randrange(999)}"
    return dice.choice(["request done", "cache refreshed", "job finished", "user logged in"])


def measured(command: Sequence[str], runs: int, patience: float) -> Cost | None:
    """Medians of some runs of a command, None when one lasts too long."""
    costs = []
    for _ in range(runs):
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (done := os.wait4(process.pid, os.WNOHANG))[0]:
            if time.perf_counter() - begun > patience:
                process.kill()
                process.wait()
                return None
            time.sleep(0.002)
        process.returncode, used = os.waitstatus_to_exitcode(done[1]), done[2]
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        cpu = used.ru_utime + used.ru_stime
        costs.append(Cost(time.perf_counter() - begun, cpu, used.ru_maxrss / 1024))
    return Cost(*(statistics.median(values) for values in zip(*((c.wall, c.cpu, c.peak) for c in costs), strict=True)))


def naive(path: Path) -> None:
    """What one would write first: json.loads, a regular expression, fromisoformat, line by line; errors by template."""
    counts: Counter[tuple[int, str]] = Counter()
    errors: Counter[tuple[int, str]] = Counter()
    with path.open() as lines:
        for text in lines:
            if text[:1] == "{":
                found = json.loads(text)
                stamp, level, said = found["time"], found["level"], found["msg"]
            elif (match := RECORD.match(text)) is not None:
                stamp, level, said = match["time"], match["level"], match["quoted"] or match["rest"]
            else:
                continue
            at = datetime.fromisoformat(stamp)
            minute = int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()) // 60
            counts[minute, level] += 1
            if level == "ERROR":
                errors[minute, VARYING.sub("<*>", said)] += 1


def ours(path: Path, *, window: tuple[float, float] = (START - 1, END), workers: int = 1) -> list[str]:
    """A process that counts records in the window."""
    return [sys.executable, "-c", OURS, str(path), *map(str, window), str(workers)]


def scaled(cost: Cost | None, by: float) -> Cost | None:
    """The cost of so many times as much."""
    return cost and replace(cost, wall=cost.wall * by, cpu=cost.cpu * by)


def rows(path: Path, runs: int, patience: float) -> Iterator[tuple[str, Cost | None]]:
    """All rows of the table, ripgrep's first."""
    packed, part, objects = (path.with_name(name) for name in ("mixed.log.gz", "part.log", "objects.log"))
    if shutil.which("rg"):
        yield "rg -c, structural", measured(["rg", "-c", STRUCTURAL, str(path)], runs, patience)
    yield "full scan", measured(ours(path), runs, patience)
    yield "full scan, two processes", measured(ours(path, workers=2), runs, patience)
    yield "ten minutes of six hours", measured(ours(path, window=(START + 7200, START + 7800)), runs, patience)
    yield "start and imports", measured([sys.executable, "-c", OURS.split(";")[1].strip()], runs, patience)
    with path.open("rb") as plain, gzip.open(packed, "wb", compresslevel=1) as out:
        shutil.copyfileobj(plain, out)
    yield "full scan, gzip", measured(ours(packed), runs, patience)
    if shutil.which("rg"):
        yield "rg -z -c", measured(["rg", "-z", "-c", "ERROR", str(packed)], runs, patience)
    with path.open() as lines, part.open("w") as out, objects.open("w") as only:
        for text in islice(lines, int(PART / 190)):
            out.write(text)
            only.write(text if text[:1] == "{" else "")
    size = path.stat().st_size
    share, whole = size / part.stat().st_size, size / objects.stat().st_size
    yield "plain loop", scaled(measured([sys.executable, "-c", NAIVE, str(part)], 1, patience), share)
    if shutil.which("lnav"):
        yield "lnav, headless", scaled(measured(["lnav", "-n", "-c", COUNT, str(part)], 1, patience), share)
    if shutil.which("jq"):
        yield "jq, the objects alone", scaled(measured(["jq", "-r", MINUTES, str(objects)], 1, patience), whole)
    wrapped = path.with_name("wrapped.log")
    with part.open() as lines, wrapped.open("w") as out:
        for number, text in enumerate(lines):
            stamp = datetime.fromtimestamp(START + number % 20_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            out.write(json.dumps({"log": text, "stream": "stdout", "time": f"{stamp}.5Z"}) + "\n")
    cost = measured(ours(wrapped), 1, patience)
    yield "no plan (Docker's wrapper)", scaled(cost, size / wrapped.stat().st_size)


def say(text: str) -> None:
    """One line of the table."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Prints one row a measurement."""
    options = argparse.ArgumentParser()
    options.add_argument("--size", type=float, default=1e9)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--patience", type=float, default=60.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mixed.log"
        lines = write(path, chosen.size)
        size = path.stat().st_size
        say(f"{size / 1e9:.2f} GB, {lines} lines\n{'':28}   wall s    CPU s  GB/CPU s   x rg   peak MB")
        yardstick = None
        for name, cost in rows(path, chosen.runs, chosen.patience):
            if cost is None:
                say(f"{name:28} more than {chosen.patience:.0f} s")
                continue
            yardstick = yardstick or cost.cpu
            speed = f"{size / 1e9 / cost.cpu:9.2f} {cost.cpu / yardstick:6.1f}"
            say(f"{name:28} {cost.wall:8.2f} {cost.cpu:8.2f} {speed} {cost.peak:9.0f}")


if __name__ == "__main__":
    main()
