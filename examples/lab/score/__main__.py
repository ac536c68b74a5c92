"""Score every recording and write the table: `python -m score [--write FILE]`."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

from score import figures
from score.cases import recorded
from score.runs import Row, Variant, run_all

VARIANTS = (
    Variant(),
    Variant("without logs", without="logs"),
    Variant("without metrics", without="metrics"),
    Variant("without profiles", without="profiles"),
    Variant("window 60 s earlier", shift_s=-60.0),
    Variant("window 60 s later", shift_s=60.0),
)


def main() -> int:
    asked = argparse.ArgumentParser(prog="score", description=__doc__)
    asked.add_argument("--write", type=Path, help="also write the tables to a Markdown file")
    asked.add_argument("--quick", action="store_true", help="all signals only")
    asked.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = asked.parse_args()
    cases = recorded()
    if not cases:
        print("no recordings under examples/incidents/; `make lab` records some", file=sys.stderr)
        return 1
    variants = VARIANTS[:1] if given.quick else VARIANTS
    rows = {variant.name: run_all(cases, variant, workers=given.workers) for variant in variants}
    text = "\n".join([*_head(rows["all signals"]), *_variants(rows), *_left_out(rows["all signals"]), *_calibration(rows["all signals"]), *_wrong(rows["all signals"]), *_cases(rows["all signals"])])
    print(text)
    if given.write:
        given.write.write_text(text + "\n", encoding="utf-8")
    return 0


def _head(rows: list[Row]) -> list[str]:
    programs, kinds = Counter(row.case.program for row in rows), {row.case.cause for row in rows}
    healthy = sum(row.case.cause == "healthy" for row in rows)
    return [
        "# Accuracy",
        "",
        f"{len(rows)} recordings of {len(programs)} programs, {len(kinds)} causes, {healthy} healthy; written by `make accuracy`.",
        f"Guessing by how often each cause occurs would be right in {figures.chance(rows):.0%}.",
        "",
    ]


def _variants(rows: dict[str, list[Row]]) -> list[str]:
    table = [
        "| evidence | cause | among the first three | culprit | onset within 15 s | healthy called ill (≥ 0.5) | confidently wrong (≥ 0.5) | Brier | slowest |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in rows.items():
        table.append(
            f"| {name} | {figures.causes(found)} | {figures.first_three(found)} | {figures.culprits(found)} | {figures.onsets(found)} "
            f"| {figures.alarms(found)} | {figures.confidently_wrong(found)} | {figures.brier(found):.3f} | {max(row.seconds for row in found):.1f} s |"
        )
    return [*table, ""]


def _left_out(rows: list[Row]) -> list[str]:
    """Each program judged with a temperature that was fitted on the others."""
    table = ["## One program left out", "", "| program | recordings | cause | temperature fitted on the others | Brier there | Brier here |", "|---|---|---|---|---|---|"]
    for program in sorted({row.case.program for row in rows}):
        here, there = [r for r in rows if r.case.program == program], [r for r in rows if r.case.program != program]
        if not there:
            continue
        best = figures.fitted(there)
        table.append(f"| {program} | {len(here)} | {figures.causes(here)} | {best:.2f} | {figures.brier(there, temperature=best):.3f} | {figures.brier(here, temperature=best):.3f} |")
    return [*table, ""]


def _calibration(rows: list[Row]) -> list[str]:
    table = ["## Stated against observed", "", "| stated | verdicts | mean stated | right |", "|---|---|---|---|"]
    table += [f"| {name} | {count} | {stated:.2f} | {right:.2f} |" for name, count, stated, right in figures.calibration(rows)]
    return [*table, ""]


def _wrong(rows: list[Row]) -> list[str]:
    wrong = [row for row in rows if not row.right]
    told = [f"- `{row.case.name}`: {row.case.cause}, called {row.cause} ({row.confidence:.2f})" for row in wrong]
    return ["## What is wrong", "", *(told or ["Nothing."]), ""]


def _cases(rows: list[Row]) -> list[str]:
    table = ["## Every recording", "", "| recording | true cause | verdict | confidence | culprit | onset error |", "|---|---|---|---|---|---|"]
    for row in rows:
        error = f"{row.error_s:+.1f} s" if row.error_s is not None else "–"
        culprit = "–" if row.case.cause == "healthy" or not row.case.culprit else "right" if row.culprit_right else "not named"
        table.append(f"| {row.case.name} | {row.case.cause} | {row.cause} | {row.confidence:.2f} | {culprit} | {error} |")
    return table


if __name__ == "__main__":
    sys.exit(main())
