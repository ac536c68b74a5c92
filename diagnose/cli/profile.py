"""`diagnose profile`: the profile engine on its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diagnose.cli import answers
from diagnose.cli.workers import Dask, Workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.checks.profiles.top import Table
    from diagnose.signals.profile import Profile

app = typer.Typer(
    help="Read profiles: functions, differences, flame graphs, leaks, threads, fleets.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SampleType = Annotated[str | None, typer.Option("--sample-type", metavar="T", help="Which values; default as pprof.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many rows to show as a table.")]
Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Snapshots of one process, in any order.")]


@app.command("top")
def top(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A profile in any format.")],
    sample_type: SampleType = None,
    limit: Limit = 30,
    as_json: Json = False,
) -> None:
    """Functions by what they use themselves (flat) and with what they call (cum), as pprof counts."""
    from diagnose.checks.profiles.top import table
    from diagnose.sources.profiles.file import read

    _tell(table(read(file), sample_type), limit=limit, as_json=as_json)


@app.command("diff")
def diff(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The profile before.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="The profile after.")],
    sample_type: SampleType = None,
    limit: Limit = 30,
    as_json: Json = False,
) -> None:
    """What grew and what shrank from one profile to the other."""
    from diagnose.checks.profiles import top as engine
    from diagnose.sources.profiles.file import read

    _tell(engine.diff(read(base), read(file), sample_type), limit=limit, as_json=as_json)


@app.command("flame")
def flame(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A profile in any format.")],
    base: Annotated[str, typer.Option("--base", metavar="FILE", help="The profile before, to compare with.")] = "",
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help="Where to write the page.")] = Path(
        "flame.html"
    ),
    sample_type: SampleType = None,
) -> None:
    """Draw a flame graph, or with --base what changed, as one HTML file that works offline."""
    from diagnose.checks.profiles.top import typed
    from diagnose.cli.outbox import write_file
    from diagnose.cli.tell import tell
    from diagnose.report import flamepage
    from diagnose.sources.profiles.file import read

    shown = typed(read(file), sample_type)
    before = typed(read(base), shown.sample_types[shown.default_type].type) if base else None
    write_file(out, flamepage.render(shown, before))
    tell(str(out))


@app.command("fleet")
def fleet(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SRC...", help="A folder with one folder (or one file) an instance, or files."),
    ],
    workers: Workers = 1,
    dask: Dask = "",
    limit: Limit = 15,
    as_json: Json = False,
) -> None:
    """Compare the instances of one service: which place grows on how many, and which instance is not like the rest."""
    from diagnose.cli.tell import tell, tell_gaps
    from diagnose.fleet import compare
    from diagnose.sources.executors import executor

    with executor(workers or 1, dask) as pool:
        verdict, gaps = compare(sources, pool)
    tell_gaps(gaps)
    if as_json:
        answers.write(answers.of_fleet(verdict))
        return
    lines = [f"{verdict.kind}: {verdict.because}"]
    for site in verdict.sites[:limit]:
        grew = f", grew on {site.grew_on}" if site.grew_on is not None else ""
        lines += [f"{site.kind}: {site.function} on {site.on} of {site.of} instances{grew}"]
        lines += [
            f"{'':9}typical {site.typical:.6g} {site.unit}, most {site.most:.6g} in {site.worst}  {site.location}"
        ]
    tell("\n".join(lines))


@app.command("leaks")
def leaks(files: Files, limit: Limit = 15, as_json: Json = False) -> None:
    """Goroutines that are stuck: leaked, deadlocked, or waiting in a crowd."""
    from diagnose.checks.profiles.stuck import stuck
    from diagnose.cli.tell import tell
    from diagnose.signals.profile import ProfileKind

    verdict = stuck(_read(files, ProfileKind.GOROUTINE, "goroutine profile"))
    if as_json:
        answers.write(answers.of_stuck(verdict))
        return
    lines = [
        f"{verdict.kind}: {verdict.verdict.because}"
        if verdict.stuck
        else f"nothing is stuck: {verdict.verdict.because}"
    ]
    for group in (verdict.stuck or verdict.others)[:limit]:
        wait = f", longest {group.wait_s:.0f} s" if group.wait_s else ""
        made = f", created by {group.creator}" if group.creator else ""
        state = group.state or group.wait.value
        lines += [f"{group.count:7d} ({group.growth:+d})  {state}{wait}  {group.function}{made}"]
        lines += [f"{'':17}{group.location}"]
    tell("\n".join(lines))


@app.command("threads")
def threads(files: Files, limit: Limit = 15, as_json: Json = False) -> None:
    """Threads of a JVM: deadlocks, who blocks the others, exhausted pools, hot threads."""
    from diagnose.checks.profiles.threads import judge
    from diagnose.cli.tell import tell
    from diagnose.signals.profile import ProfileKind

    verdict = judge(_read(files, ProfileKind.THREADS, "thread dump"))
    if as_json:
        answers.write(answers.of_threads(verdict))
        return
    lines = [f"deadlock: {' <-> '.join(cycle)}" for cycle in verdict.deadlocks]
    lines += [
        f"{row.thread} blocks {row.blocks} threads in {row.function} ({row.location})" for row in verdict.blockers
    ]
    lines += [
        f"pool {row.name}: all of its {row.threads} threads are busy, most in {row.function}"
        for row in verdict.pools
        if row.exhausted
    ]
    lines += [
        f"hot: {row.thread}, {row.cpu_s:.2f} s of CPU in {row.span_s:.2f} s, {row.function}"
        for row in verdict.hot
        if row.hot
    ]
    lines += [f"{row.count:5d}  {row.state}  {row.function}" for row in verdict.groups[:limit]]
    tell("\n".join(lines))


def _read(files: Sequence[str], kind: Any, what: str) -> tuple[Profile, ...]:
    from diagnose.cli.tell import tell_gaps
    from diagnose.errors import NothingCollectedError
    from diagnose.sources.profiles.files import collect

    profiles, gaps = collect(files)
    tell_gaps(gaps)
    found = tuple(profile for profile in profiles if profile.samples and _wanted(profile, kind))
    if not found:
        raise NothingCollectedError(f"no {what} in {', '.join(files)}")
    return found


def _wanted(profile: Profile, kind: Any) -> bool:
    return profile.kind is kind or profile.kind.value == f"{kind.value}leak"


def _tell(table: Table, *, limit: int, as_json: bool) -> None:
    if as_json:
        answers.write(answers.of_table(table))
        return
    from diagnose.cli.tell import tell

    total = table.total or 1
    lines = [f"{table.sample_type} in {table.unit}, total {table.total}"]
    lines += [f"{'flat':>16} {'flat%':>7} {'cum':>16} {'cum%':>7}"]
    for row in table.functions[:limit]:
        lines += [f"{row.flat:16d} {row.flat / total:7.2%} {row.cum:16d} {row.cum / total:7.2%}  {row.name}"]
    tell("\n".join(lines))
