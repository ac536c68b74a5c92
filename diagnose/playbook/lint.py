"""All that is wrong with some playbooks and their tests, as an author wants to see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from diagnose.checks.catalog import CheckSpec
from diagnose.errors import SpecError
from diagnose.playbook import cases, graph, load, testing
from diagnose.playbook.given import given
from diagnose.playbook.model import Library, Place, Playbook, Problem, Severity, asked
from diagnose.playbook.nearest import hint
from diagnose.playbook.parameters import problems_of


def lint(paths: Sequence[Path], *, shelf: Path, catalogue: Mapping[str, CheckSpec]) -> tuple[Problem, ...]:
    """The problems of files, and of the playbooks and tests in folders, sorted by place.

    Playbooks of one folder are judged together, so that a leaf that only a neighbour uses counts as used.
    """
    files = files_of(paths)
    tests = [path for path in files if path.name.endswith(load.TEST_SUFFIX)]
    books = [path for path in files if path not in tests]
    found = [
        *(problem for path in tests for problem in _of_test(path, shelf)),
        *(problem for path in books for problem in _of_book(path, catalogue)),
        *_together(books, shelf, catalogue),
    ]
    return tuple(sorted(set(found)))


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files among the paths, and the playbooks and tests in the folders among them, each once."""
    found: list[Path] = []
    for path in paths:
        found += (
            [*load.on_shelf(path).values(), *sorted(path.glob(f"*{load.TEST_SUFFIX}"))] if path.is_dir() else [path]
        )
    return list(dict.fromkeys(found))


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that forbid a walk."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


def _of_book(path: Path, catalogue: Mapping[str, CheckSpec]) -> Iterator[Problem]:
    """What is wrong with a file alone; where it cannot join the graph, its questions are still looked at."""
    book, problems = load.read_file(path)
    yield from problems
    if book and problems:
        for node in book.nodes.values():
            yield from (problem for question in asked(node.test) for problem in problems_of(question, catalogue))


def _of_test(path: Path, shelf: Path) -> Iterator[Problem]:
    """What is wrong with a test, and what it names that its playbook does not have."""
    suite, problems = cases.read_file(path)
    yield from problems
    if problems:
        return
    try:
        library = testing.library_of(path, shelf=shelf)
    except SpecError as error:
        if not path.with_name(suite.playbook + load.SUFFIX).is_file():
            yield placed(error, path)
        return
    for case in suite.cases:
        yield from (Problem(case.place, "unknown-name", wrong) for wrong in _unknown(library, case))


def _unknown(library: Library, case: cases.Case) -> Iterator[str]:
    yield from given(library, case.given).wrong
    nodes = {node.id for node in library.nodes()}
    for name in case.path:
        if (name if "/" in name else f"{library.root}/{name}") not in nodes:
            known = {node.name for node in library.playbooks[library.root].nodes.values()}
            yield f"path: no node {name!r}{hint(name, known)}"
    causes = {"inconclusive"} | {leaf.cause for leaf in library.leaves()}
    if case.cause and case.cause not in causes:
        yield f"cause: no leaf has {case.cause!r}{hint(case.cause, causes)}"
    leaves = {leaf.name for leaf in library.leaves()}
    if case.leaf and case.leaf.rpartition("/")[2] not in leaves:
        yield f"leaf: no leaf {case.leaf!r}{hint(case.leaf, leaves)}"
    if case.hands_over_to and case.hands_over_to not in library.playbooks:
        yield f"hands_over_to: no playbook {case.hands_over_to!r}{hint(case.hands_over_to, library.playbooks)}"


def _together(files: Sequence[Path], shelf: Path, catalogue: Mapping[str, CheckSpec]) -> Iterator[Problem]:
    asked = {str(path) for path in files}
    for folder in dict.fromkeys(path.parent for path in files):
        books: dict[str, Playbook] = {}
        names: set[str] = set()
        neighbours = {path for path in load.on_shelf(folder).values() if not load.read_file(path)[1]}
        mine = {path for path in files if path.parent == folder and not load.read_file(path)[1]}
        for path in sorted(neighbours | mine):
            try:
                library = load.load(str(path), shelf=shelf)
            except SpecError as error:
                if path in mine:
                    yield placed(error, path)
                continue
            books |= library.playbooks
            names |= set(library.shelf)
        if books:
            joined = Library(next(iter(books)), books, tuple(sorted(names)))
            yield from (problem for problem in graph.validate(joined, catalogue) if problem.place.file in asked)


def placed(error: SpecError, path: Path) -> Problem:
    """An error of reading as a problem of the file."""
    return Problem(Place(str(path), 1, 1), "unreadable", str(error))
