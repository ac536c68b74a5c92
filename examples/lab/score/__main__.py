"""Score every recording and print the tables: `python -m score [--write FILE] [--quick] [CASE...]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from score import tables
from score.cases import Case, recorded
from score.fit import leave_out
from score.public import public_sets
from score.runs import ALL, Variant, run_all

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
VARIANTS = (
    Variant(),
    *(Variant(f"without {name}", ALL - {name}) for name in sorted(ALL)),
    *(Variant(f"{name} alone", frozenset({name}), alone=True) for name in sorted(ALL)),
    Variant("window 60 s earlier", shift_s=-60.0),
    Variant("window 60 s later", shift_s=60.0),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run; 0 when something was scored, 1 when there is nothing to score."""
    asked = argparse.ArgumentParser(prog="score", description=__doc__)
    asked.add_argument("cases", nargs="*", metavar="CASE", help="only recordings whose names contain one of these")
    asked.add_argument("--write", type=Path, help="also write the tables to a Markdown file")
    asked.add_argument("--quick", action="store_true", help="all signals only, and no public sets")
    asked.add_argument("--public", type=Path, default=SHARED, help="folder of the public sets, scored when it is there")
    asked.add_argument("--workers", type=int, default=2)
    given = asked.parse_args(argv)
    cases = [case for case in recorded() if not given.cases or any(word in case.name for word in given.cases)]
    if not cases:
        print("no such recording under examples/incidents/; `make lab CASE=NAME` makes one", file=sys.stderr)
        return 1
    lines = score(cases, VARIANTS[:1] if given.quick else VARIANTS, workers=given.workers)
    if not given.quick:
        lines += public_sets(given.public, workers=given.workers)
    text = "\n".join(lines).rstrip() + "\n"
    print(text)
    if given.write:
        given.write.write_text(text, encoding="utf-8")
    return 0


def score(cases: Sequence[Case], variants: Sequence[Variant], *, workers: int) -> list[str]:
    """The lines of the report on our own recordings."""
    found = run_all(cases, variants, workers=workers)
    rows = found[variants[0].name]
    parts = (
        tables.head(rows), tables.variants(found), tables.left_out(rows, leave_out(rows)), tables.calibration(rows),
        tables.kinds(rows), tables.wrong(rows),
    )  # fmt: skip
    return [line for part in parts for line in part]


if __name__ == "__main__":
    sys.exit(main())
