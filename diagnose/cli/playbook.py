"""`diagnose playbook`: the decision graphs as code: listed, shown, drawn, checked and tested."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from diagnose.errors import UsageError

if TYPE_CHECKING:
    from diagnose.checks.catalog import CheckSpec, ParameterSpec
    from diagnose.playbook.diagnosis import Step
    from diagnose.playbook.model import Library, Problem

app = typer.Typer(help="The decision graphs: list, show, graph, lint, test, checks, docs.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A playbook's name on the shelf, or the path of a file.")]
Whole = Annotated[bool, typer.Option("--whole", help="Also everything that it hands over to.")]
Walked = Annotated[Path | None, typer.Option("--walk", help="A report.json or its folder: draw the way it took.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


class Format(StrEnum):
    """How a graph is written."""

    SVG = "svg"
    MERMAID = "mermaid"
    DOT = "dot"


ENDINGS = {".mmd": Format.MERMAID, ".mermaid": Format.MERMAID, ".dot": Format.DOT, ".gv": Format.DOT}


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the playbooks that ship, one a line."""
    from diagnose.playbook import load

    books = [load.load(name, shelf=_shelf()).playbooks[name] for name in load.on_shelf(_shelf())]
    if as_json:
        rows = [{"name": book.name, "title": book.title, "sources": book.sources} for book in books]
        _print_json({"playbooks": rows})
        return
    width = max((len(book.name) for book in books), default=0)
    for book in books:
        print(f"{book.name:<{width}}  {book.title}")


@app.command()
def show(name: Name, *, walk: Walked = None, whole: Whole = False) -> None:
    """Draw a playbook as a tree in the terminal."""
    from diagnose.playbook import draw

    print(draw.text(_load(name), _steps(walk), whole=whole), end="")


@app.command()
def graph(
    name: Name,
    *,
    form: Annotated[Format | None, typer.Option("--format", help="Default: by the file's ending, else svg.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file instead of stdout.")] = None,
    walk: Walked = None,
    whole: Whole = False,
) -> None:
    """Draw a playbook as SVG, Mermaid or DOT."""
    from diagnose.playbook import draw, svg

    drawings = {Format.SVG: svg.svg, Format.MERMAID: draw.mermaid, Format.DOT: draw.dot}
    chosen = form or ENDINGS.get(out.suffix if out else "", Format.SVG)
    drawn = drawings[chosen](_load(name), _steps(walk), whole=whole)
    if out is None:
        print(drawn, end="")
    else:
        out.write_text(drawn, encoding="utf-8")


@app.command()
def lint(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; those that ship when left out.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Say what is wrong with playbooks and their tests; exit code 3 when there is an error."""
    from diagnose.playbook import lint as linter

    problems = linter.lint(paths or [_shelf()], shelf=_shelf(), catalogue=_specs())
    errors = linter.errors(problems)
    if as_json:
        _print_json({"problems": [_problem(problem) for problem in problems]})
    else:
        for problem in problems:
            print(f"{problem.place}: {problem.severity}: {problem.message} [{problem.code}]")
        files = len(linter.files_of(paths or [_shelf()]))
        typer.echo(f"{files} files, {len(errors)} errors, {len(problems) - len(errors)} warnings", err=True)
    raise typer.Exit(3 if errors else 0)


@app.command("test")
def run_tests(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Tests, playbooks or folders; those that ship when left out.")
    ] = None,
    *,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Print only cases for the edges that none walks: append them to the file.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Fail when an edge is not walked by any case.")] = False,
) -> None:
    """Run the tests beside playbooks and print how much of each graph they walk; exit code 3 when one fails."""
    from diagnose.playbook import suggest as suggestions
    from diagnose.playbook import tell, testing
    from diagnose.rehearse import rehearse

    failed = False
    for file in testing.files_of(paths or [_shelf()]):
        run = testing.run(file, shelf=_shelf(), rehearse=rehearse)
        failed |= not run.passed or (full and bool(run.coverage.untried))
        typer.echo(tell.run(run), nl=False, err=suggest)
        if suggest and run.coverage.untried:
            print(suggestions.suggest(testing.library_of(file, shelf=_shelf()), run.coverage.untried), end="")
    raise typer.Exit(3 if failed else 0)


@app.command()
def checks(*, as_json: Json = False) -> None:
    """List the checks that a playbook can ask, those of installed packages too, with their parameters."""
    from diagnose.checks import plugins
    from diagnose.playbook import tell

    specs = _specs()
    if as_json:
        _print_json({"checks": [_spec(specs[name]) for name in sorted(specs)]})
    else:
        print(tell.checks(specs), end="")
    for why in plugins.installed().broken.values():
        typer.echo(f"warning: {why}", err=True)


@app.command()
def docs(
    folder: Annotated[Path | None, typer.Argument(help="A folder of playbooks; those that ship when left out.")] = None,
    *,
    out: Annotated[Path, typer.Option("--out", help="Write the pages into this folder.")] = Path("docs/playbooks"),
) -> None:
    """Write a page for each playbook, and one that leads to them."""
    from diagnose.playbook import load, pages

    found = [load.load(str(path), shelf=_shelf()) for path in load.on_shelf(folder or _shelf()).values()]
    texts = {f"{library.root}.md": pages.page(library) for library in found} | {"README.md": pages.index(found)}
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8")
    typer.echo(f"{len(texts)} pages in {out}", err=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the language, for editors."""
    from diagnose.playbook import schema as schemas

    _print_json(schemas.schema(_specs()))


def _shelf() -> Path:
    from diagnose.report.shelf import folder

    return folder("playbooks")


def _load(name: str) -> Library:
    from diagnose.playbook import load

    return load.load(name, shelf=_shelf())


def _specs() -> Mapping[str, CheckSpec]:
    from diagnose.checks.catalog import catalogue
    from diagnose.playbook.expression import OWN

    return {name: check.spec for name, check in catalogue().items()} | {own.name: own for own in OWN.values()}


def _steps(report: Path | None) -> tuple[Step, ...]:
    """The steps that a report.json tells. Raises UsageError when the file is none."""
    from diagnose.checks.finding import Answer
    from diagnose.playbook.diagnosis import Step

    if report is None:
        return ()
    file = report / "report.json" if report.is_dir() else report
    try:
        path = json.loads(file.read_bytes())["path"]
        return tuple(Step(one["node"], one["question"], Answer(one["answer"]), one["because"]) for one in path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file}: no report.json of an incident ({error}); name one that was written here") from None


def _problem(problem: Problem) -> dict[str, object]:
    return {
        **asdict(problem.place),
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
    }


def _spec(spec: CheckSpec) -> dict[str, object]:
    parameters = [{"name": name, **_parameter(one)} for name, one in spec.parameters.items()]
    return {"name": spec.name, "title": spec.title, "signals": spec.signals, "parameters": parameters}


def _parameter(spec: ParameterSpec) -> dict[str, object]:
    default = None if spec.default in {float("inf"), float("-inf")} else spec.default
    return {"type": spec.type.__name__, "default": default, "unit": spec.unit, "title": spec.title}


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))
