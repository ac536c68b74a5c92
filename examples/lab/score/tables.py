"""The report of a scoring as Markdown, one small table after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from score import figures
from score.fit import Constants, LeftOut, fare
from score.runs import Row

FAR_S = 60.0


def table(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> list[str]:
    """A Markdown table and an empty line."""
    rows = [f"| {' | '.join(map(str, line))} |" for line in lines]
    return [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads), *rows, ""]


def head(rows: Sequence[Row]) -> list[str]:
    """What was scored and what chance would reach."""
    programs = Counter(row.case.program for row in rows)
    healthy = sum(row.case.healthy for row in rows)
    guess, commonest = figures.chance(rows)
    listed = ", ".join(f"{name} {count}" for name, count in sorted(programs.items()))
    return [
        "# Accuracy",
        "",
        "Written by `make accuracy`; do not edit. How recordings are made is told in `examples/lab/README.md`.",
        "",
        f"{len(rows)} recordings of {len(programs)} programs ({listed}), {kinds_of(rows)} causes; "
        f"{healthy} ({healthy / len(rows):.0%}) are healthy, with noise.",
        "",
        f"The floor: guessing by how often each cause occurs is right in {guess:.0%}, "
        f"always saying the commonest in {commonest:.0%}.",
        "",
    ]


def kinds_of(rows: Sequence[Row]) -> int:
    """How many causes there are besides health."""
    return len({row.case.cause for row in rows} - {"healthy"})


def variants(rows: Mapping[str, Sequence[Row]]) -> list[str]:
    """One line a variant."""
    heads = (
        "evidence", "recordings", "cause", "among the first three", "culprit", f"onset within {figures.NEAR_S:.0f} s",
        "onset error, median / nine in ten", "healthy called ill (≥ 0.5)", "no verdict", "confidently wrong (≥ 0.5)",
        "Brier", "slowest",
    )  # fmt: skip
    lines = [
        (
            name, len(found), figures.causes(found), figures.first_three(found), figures.culprits(found),
            figures.near(found), figures.errors(found), figures.alarms(found), sum(not row.judged for row in found),
            figures.sure_and_wrong(found), f"{figures.brier(figures.stated(found)):.3f}",
            f"{max(row.seconds for row in found):.1f} s",
        )
        for name, found in rows.items()
    ]  # fmt: skip
    said = [
        "Culprit: cause and culprit both right, of the recordings that have one. “Alone” counts the recordings that "
        "have the signal. A moved window still holds only what was recorded: a minute at one end is empty.",
        "",
    ]
    return ["## By evidence", "", *said, *table(heads, lines)]


def left_out(rows: Sequence[Row], found: Sequence[LeftOut]) -> list[str]:
    """As shipped, and with the constants that the other programs chose."""
    heads = (
        "program left out", "LEAF / UNKNOWN / TEMPERATURE fitted on the others", "others: cause", "others: Brier",
        "left out: cause", "left out: Brier", "left out, as shipped: cause", "as shipped: Brier",
    )  # fmt: skip
    lines = []
    for one in found:
        shipped = fare([row for row in rows if row.case.program == one.program], Constants())
        chosen = f"{one.constants.leaf:g} / {one.constants.unknown:g} / {one.constants.temperature:g}"
        lines.append((one.program, chosen, *_fared(one.others), *_fared(one.here), *_fared(shipped)))
    right, of = (sum(one.here[part] for one in found) for part in (0, 1))
    lines.append(("**all**", "–", "–", "–", f"{right}/{of} ({right / of:.0%})", "–", *_fared(fare(rows, Constants()))))
    said = [
        "The constants of `diagnose/playbook/confidence.py`, fitted on all programs but one, judged on that one.",
        "",
    ]
    return ["## One program left out", "", *said, *table(heads, lines)]


def _fared(figure: tuple[int, int, float]) -> tuple[str, str]:
    right, of, score = figure
    return f"{right}/{of} ({right / of:.0%})", f"{score:.3f}"


def calibration(rows: Sequence[Row]) -> list[str]:
    """Stated confidence against how often it was right."""
    lines = [(name, count, f"{said:.2f}", f"{true:.2f}") for name, count, said, true in figures.calibration(rows)]
    return ["## Stated against observed", "", *table(("stated", "verdicts", "mean stated", "right"), lines)]


def kinds(rows: Sequence[Row]) -> list[str]:
    """How each cause fares, and what it was called instead."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.case.cause].append(row)
    lines = []
    for cause, found in sorted(groups.items()):
        other = Counter(row.cause for row in found if not row.right)
        called = ", ".join(f"{name} {count}" for name, count in sorted(other.items())) or "–"
        lines.append((cause, figures.causes(found), figures.culprits(found), figures.near(found), called))
    return ["## By cause", "", *table(("cause", "right", "culprit", "onset near", "called instead"), lines)]


def wrong(rows: Sequence[Row]) -> list[str]:
    """Every wrong verdict by name with the reason, and wrong culprits and onsets after a right one."""
    told = [
        f"- `{row.case.name}`: {row.case.cause}, called {row.cause} ({row.confidence:.2f}){_noise(row)}; {row.astray}"
        for row in rows
        if not row.right
    ]
    blamed = [
        f"- `{row.case.name}`: blamed {row.culprit or 'nobody'}, right is {' or '.join(row.case.culprit)}"
        for row in rows
        if row.right and row.case.culprit and not row.culprit_right
    ]
    dated = [f"- `{row.case.name}`: {_off(row)}" for row in rows if row.right and row.case.onset and _is_far(row)]
    return [
        "## What is wrong", "", *(told or ["No verdict."]), "",
        "### Right cause, another culprit", "", *(blamed or ["None."]), "",
        f"### Right cause, dated more than {FAR_S:.0f} s off", "", *(dated or ["None."]), "",
    ]  # fmt: skip


def _noise(row: Row) -> str:
    return ", recorded on a busy machine" if "busy-machine" in row.case.noise else ""


def _is_far(row: Row) -> bool:
    return row.error_s is None or abs(row.error_s) > FAR_S


def _off(row: Row) -> str:
    return f"{row.error_s:+.0f} s" if row.error_s is not None else "not dated"
