"""Public sets of labelled incidents, scored where they lie beside the checkout; nothing of them is kept here."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from score.public import anomalies, bombs, dumps, localise, threads, triage, turns
from score.tables import table

SETS = (
    ("incidents/sockshop", localise.sockshop),
    ("incidents/nezha", localise.nezha),
    ("incidents/rootcausebench", triage.rootcausebench),
    ("series/nab", anomalies.nab),
    ("series/tcpd", turns.tcpd),
    ("single-bombs", bombs.bombs),
    ("goroutine-bugs", threads.bugs),
    ("jvm-dumps", dumps.scenarios),
)


def public_sets(folder: Path, *, workers: int) -> list[str]:
    """The lines of the report on every set that is there."""
    there = [(folder / name, work) for name, work in SETS if (folder / name).is_dir()]
    with ProcessPoolExecutor(workers) as pool:
        waiting = [pool.submit(work, place) for place, work in there]
        found = [one.result() for one in waiting]
    absent = [name for name, _ in SETS if not (folder / name).is_dir()]
    skipped = [f"Not beside the checkout, so not scored: {', '.join(absent)}.", ""] if absent else []
    if not found:
        return ["## Public sets", "", *skipped]
    lines = [(one.name, figure.what, figure.got, figure.chance) for one in found for figure in one.figures]
    wrong = [f"- {one.name}: {text}" for one in found for text in one.wrong]
    said = ["Made by others, and at hand while the checks were written; the labels are read after the verdict.", ""]
    heads = ("set", "question", "right", "chance")
    return ["## Public sets", "", *said, *skipped, *table(heads, lines), "### What is wrong there", "", *wrong, ""]
