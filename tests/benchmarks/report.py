"""The report of a large incident: 10,000 series, 100,000 log patterns, a profile of about 100 MB before and during.

Run it as `python -m tests.benchmarks.report [--series N] [--patterns N] [--megabytes N] [--runs 3]`; it prints seconds
and bytes of each format, and the memory that rendering takes beside the evidence. With Chromium at hand it opens the
page as from disk beside a blank one and prints the milliseconds until two frames are drawn.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from diagnose.report import html, json, markdown, postmortem, terminal
from diagnose.report.model import View
from diagnose.report.view import view
from diagnose.signals.events import Level, LogDigest, Pattern
from diagnose.signals.profile import Profile, ProfileKind
from diagnose.signals.series import Measure, Role
from diagnose.sources.profiles.files import read
from tests.report import scenes

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FORMATS: dict[str, Callable[[View], str]] = {
    "report.html": html.render,
    "report.md": markdown.render,
    "report.json": json.render,
    "postmortem.md": postmortem.render,
    "terminal": partial(terminal.render, colour=False, width=100),
}


def incident(series: int, patterns: int, profiles: tuple[Profile, ...]) -> scenes.Scene:
    """The leak of the tests among very many other series and messages, with large profiles."""
    diagnosis, evidence, measures = scenes.leak()
    assert evidence.logs
    grown = replace(evidence, logs=_digest(evidence.logs, patterns), profiles=profiles or evidence.profiles)
    return diagnosis, grown, (*measures, *(_measure(i) for i in range(series - len(measures))))


def _measure(number: int) -> Measure:
    dice = np.random.default_rng(number)
    times = scenes.START + np.arange(240) * 2.0
    return Measure(Role.OTHER, f"metric_{number}", f"pod-{number % 200}", "", "", times, dice.random(240), f"m{number}")


def _digest(logs: LogDigest, patterns: int) -> LogDigest:
    return replace(logs, patterns=(*logs.patterns, *map(_pattern, range(patterns))))


def _pattern(number: int) -> Pattern:
    return Pattern(
        id=f"p{number}",
        level=Level.ERROR,
        template=f"worker <*> failed on item <*> in stage {number}",
        count=3,
        first=scenes.START,
        last=scenes.START + 400,
        counts={number % 96: 1, 50: 2},
        examples=(f"worker 7 failed on item {number} in stage {number}",),
        fields={"stage": {str(number): 3}},
        source="app.log",
    )


def large(folder: Path, megabytes: float) -> tuple[Profile, ...]:
    """Two goroutine-sized profiles of the same program, made by processes of their own."""
    found = []
    for seed, taken in ((1, scenes.START + 60), (2, scenes.START + 450)):
        path = folder / f"{seed}.pb.gz"
        samples = int(megabytes * 1e6 / 95 * seed / 2)
        maker = [sys.executable, "-m", "tests.benchmarks.profiles", "--write", str(path), "heap", str(samples)]
        subprocess.run(maker, check=True)
        found.append(replace(read(str(path)), kind=ProfileKind.HEAP, taken_at=taken))
    return tuple(found)


def memory(field: str) -> float:
    """Megabytes of this process: VmRSS now, VmHWM at most since it was last forgotten."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition(f"{field}:")[2].split()[0]) / 1024


def seconds(work: Callable[[], object], runs: int) -> float:
    """Median processor seconds."""
    spent = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return statistics.median(spent)


BLANK = "<!doctype html><title>Blank</title><p>blank"


def opened(pages: Mapping[str, str], folder: Path, runs: int) -> dict[str, tuple[float, float]] | None:
    """For each page milliseconds from going to it, offline, to its second frame, and those its main thread worked.

    Medians of interleaved runs, so that what else the machine does weighs on all alike. None without a browser.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright

    for name, page in pages.items():
        (folder / name).write_text(page, encoding="utf-8")
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(runs + 1):
            for name in pages:
                spent[name].append(_visit(browser, (folder / name).as_uri()))
        browser.close()
    return {name: tuple(map(statistics.median, zip(*times[1:], strict=True))) for name, times in spent.items()}


def _visit(browser: Browser, address: str) -> tuple[float, float]:
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    inspector = context.new_cdp_session(tab)
    inspector.send("Performance.enable", {"timeDomain": "threadTicks"})
    begun = time.perf_counter()
    tab.goto(address)
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    until = (time.perf_counter() - begun) * 1000
    told = {one["name"]: one["value"] for one in inspector.send("Performance.getMetrics")["metrics"]}
    context.close()
    return until, told["TaskDuration"] * 1000


def main() -> None:
    """Make the incident, render it in every format, open the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--series", type=int, default=10_000)
    arguments.add_argument("--patterns", type=int, default=100_000)
    arguments.add_argument("--megabytes", type=float, default=100)
    arguments.add_argument("--runs", type=int, default=3)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        diagnosis, evidence, measures = incident(asked.series, asked.patterns, large(folder, asked.megabytes))
        tell = sys.stdout.write
        tell(
            f"{asked.series:,} series, {asked.patterns:,} patterns, profiles of {asked.megabytes:g} MB and half that\n"
        )
        page = rendered(
            view_of=lambda: view(diagnosis=diagnosis, evidence=evidence, measures=measures), runs=asked.runs
        )
        ready = opened({"blank.html": BLANK, "report.html": page}, folder, asked.runs)
        for file, (until, worked) in (ready or {}).items():
            tell(f"{file} opens in {until:.0f} ms, {worked:.0f} ms of them in its main thread\n")


def rendered(*, view_of: Callable[[], View], runs: int) -> str:
    """One line a step and one in all, with the memory beside the evidence; gives back the page."""
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # forget the peak of making the evidence
    held, tell, seen = memory("VmRSS"), sys.stdout.write, view_of()
    whole = seconds(view_of, runs)
    tell(f"view: {whole:.2f} s\n")
    for name, render in FORMATS.items():
        spent = seconds(partial(render, seen), runs)
        whole += spent
        tell(f"{name}: {spent:.2f} s, {len(render(seen).encode()) / 1000:.0f} KB\n")
    tell(f"all: {whole:.2f} s, {memory('VmHWM') - held:.0f} MB beside the evidence of {held:.0f} MB\n")
    return html.render(seen)


if __name__ == "__main__":
    main()
