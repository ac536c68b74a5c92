"""`python -m lab record CASE...`, `record --all`, `report CASE`, `list`: the lab's street door."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from .case import INCIDENTS, Case, LabError, find_cases
from .prometheus import Prometheus
from .record import record
from .report import report
from .service import build_service, build_upstream
from .stage import free_ports


async def record_all(cases: list[Case], *, at_once: int) -> list[str]:
    """Record cases, `at_once` at the same time under one Prometheus; returns the names that failed."""
    with contextlib.suppress(PermissionError):
        os.nice(-5)  # neighbours on the machine would show in the latencies
    program = shutil.which("prometheus")
    if program is None:
        raise LabError("prometheus is not installed: apt-get install prometheus (or put the program on the PATH)")
    upstream = build_upstream()
    slots, failed = asyncio.Semaphore(at_once), list[str]()
    with tempfile.TemporaryDirectory(prefix="lab-prometheus-") as home:
        prometheus = Prometheus(Path(home), free_ports(("prometheus",))["prometheus"])
        await prometheus.start(program)
        try:
            await asyncio.gather(
                *(one(c, slots, prometheus=prometheus, upstream=upstream, failed=failed) for c in cases)
            )
        finally:
            prometheus.stop()
    return failed


async def one(
    case: Case, slots: asyncio.Semaphore, *, prometheus: Prometheus, upstream: Path, failed: list[str]
) -> None:
    """Record one case when a slot is free; a failure is told and does not stop the others."""
    async with slots:
        try:
            service = await asyncio.to_thread(build_service, case.service, case.seed, home_name=case.name)
            print(
                f"{time.strftime('%H:%M:%S')} {case.name}: recording {case.quiet_s + case.ill_s:.0f} s", file=sys.stderr
            )
            folder = await record(case, service, prometheus=prometheus, upstream=upstream)
            size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) // 1024
            print(f"{time.strftime('%H:%M:%S')} {case.name}: {size} KB", file=sys.stderr)
        except (LabError, OSError) as error:
            failed.append(case.name)
            print(f"{case.name}: {error}", file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="lab", description="Make and record incidents.")
    commands = top.add_subparsers(dest="command", required=True)
    make = commands.add_parser("record", help="record the named cases (shell patterns are fine)")
    make.add_argument("cases", nargs="*", metavar="CASE")
    make.add_argument("--all", action="store_true", help="every case")
    make.add_argument("--missing", action="store_true", help="only cases without a recording")
    make.add_argument("--at-once", type=int, default=20, metavar="N", help="recordings at the same time (default 20)")
    commands.add_parser("list", help="list the cases")
    tell = commands.add_parser("report", help="diagnose a recording and print the truth beside the verdict")
    tell.add_argument("case", metavar="CASE")
    return top


def main(argv: list[str] | None = None) -> int:
    """Run; 0 when every recording was made, 1 when one failed, 2 for wrong usage."""
    wanted = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that everything that was started is stopped
    try:
        if wanted.command == "list":
            for case in find_cases([]):
                print(f"{case.name:40} {case.service:12} {case.quiet_s + case.ill_s:5.0f} s")
            return 0
        if wanted.command == "report":
            return report(wanted.case)
        if not wanted.cases and not wanted.all and not wanted.missing:
            raise LabError("name a case, or say --all or --missing; `lab list` shows the cases")
        cases = find_cases(wanted.cases)
        if wanted.missing:
            cases = [c for c in cases if not (INCIDENTS / c.name).is_dir()]
        return 1 if asyncio.run(record_all(cases, at_once=wanted.at_once)) else 0
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
