"""Playbooks from files: one is asked for, the others that it hands over to come along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from diagnose.checks.finding import Answer
from diagnose.errors import SpecError
from diagnose.playbook import read
from diagnose.playbook.marks import MAX_CHARACTERS
from diagnose.playbook.model import Edge, Kind, Leaf, Library, Node, Playbook, Problem
from diagnose.playbook.nearest import hint

SUFFIX = ".yaml"
TEST_SUFFIX = ".test.yaml"
_IS_PLAYBOOK = re.compile(r"^playbook:", re.MULTILINE)


def load(name_or_path: str, *, shelf: Path) -> Library:
    """The playbook of a file, or of that name on the shelf, with all that it leads to; SpecError says what is wrong.

    Other playbooks and shared leaves are looked for beside the file first, then on the shelf.
    What only the whole graph can tell (cycles, unknown checks) is left to `graph.validate`.
    """
    path = _locate(name_or_path, shelf)
    folders = tuple(dict.fromkeys((path.parent, shelf)))
    books = _Books(folders, frozenset(name for folder in folders for name in on_shelf(folder)))
    root = _strict(path)
    books.read[root.name] = root
    return _library(root, books)


def read_file(path: Path) -> tuple[Playbook | None, tuple[Problem, ...]]:
    """One file's playbook and every problem in it."""
    book, problems = read.playbook(text_of(path), file=str(path))
    if book and book.name and book.name != path.name.removesuffix(SUFFIX):
        expected = f"the file is called {path.name}, so the playbook must be {path.name.removesuffix(SUFFIX)!r}"
        problems = (*problems, Problem(book.place, "name", f"playbook {book.name!r}: {expected}"))
    return book, problems


def on_shelf(folder: Path) -> dict[str, Path]:
    """The playbooks of a folder by name, sorted; other YAML files and tests are left out."""
    if not folder.is_dir():
        return {}
    files = sorted(folder.glob(f"*{SUFFIX}"))
    return {
        path.name.removesuffix(SUFFIX): path
        for path in files
        if not path.name.endswith(TEST_SUFFIX) and _IS_PLAYBOOK.search(text_of(path))
    }


@dataclass(slots=True)
class _Books:
    """The playbooks within reach, each read when it is first asked for."""

    folders: tuple[Path, ...]
    shelved: frozenset[str]
    read: dict[str, Playbook] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.shelved.union(self.read)))

    def get(self, name: str) -> Playbook | None:
        if name not in self.read:
            path = next((path for folder in self.folders if (path := folder / f"{name}{SUFFIX}").is_file()), None)
            if path is None:
                return None
            self.read[name] = _strict(path)
        return self.read[name]

    def of(self, folder: Path) -> Iterator[Playbook]:
        books = (book for name in self.names() if (book := self.get(name)))
        return (book for book in books if Path(book.place.file).parent == folder)


def _locate(name_or_path: str, shelf: Path) -> Path:
    path = Path(name_or_path)
    if path.suffix in {".yaml", ".yml"} or path.name != name_or_path:
        if not path.is_file():
            raise SpecError(f"no playbook file {name_or_path}; check the path")
        return path
    known = on_shelf(shelf)
    if name_or_path not in known:
        help_ = hint(name_or_path, known) or "; `diagnose playbook list` shows those that ship, a path names your own"
        raise SpecError(f"no playbook called {name_or_path!r}{help_}")
    return known[name_or_path]


def text_of(path: Path) -> str:
    """A file's text, bad bytes replaced, cut a little above what a playbook may have; SpecError: cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(4 * MAX_CHARACTERS + 1)
    except OSError as error:
        raise SpecError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from None
    return raw.decode("utf-8-sig", errors="replace")


def _strict(path: Path) -> Playbook:
    book, problems = read_file(path)
    if problems or book is None:
        more = f" (and {len(problems) - 1} more; `diagnose playbook lint {path}`)" if len(problems) > 1 else ""
        raise SpecError(f"{problems[0]}{more}")
    return book


def _library(root: Playbook, books: _Books) -> Library:
    found: dict[str, Playbook] = {}
    waiting = [root.name]
    while waiting:
        name = waiting.pop(0)
        if name in found or (book := books.get(name)) is None:
            continue
        found[name] = _resolved(book, books)
        waiting += [edge.playbook for edge in _edges(found[name]) if edge.playbook]
    return Library(root.name, found, books.names())


def _edges(book: Playbook) -> Iterator[Edge]:
    return (edge for node in book.nodes.values() for edge in node.edges.values())


def _resolved(book: Playbook, books: _Books) -> Playbook:
    nodes = {name: replace(node, edges=_found(node, book, books)) for name, node in book.nodes.items()}
    return replace(book, nodes=nodes)


def _found(node: Node, book: Playbook, books: _Books) -> Mapping[Answer, Edge]:
    edges = dict(node.edges)
    for answer, edge in node.edges.items():
        if edge.kind is Kind.LEAF and not edge.playbook and (leaf := _leaf(edge, book, books)):
            edges[answer] = replace(edge, playbook=leaf.playbook, name=leaf.name)
    return edges


def _leaf(edge: Edge, book: Playbook, books: _Books) -> Leaf | None:
    """The leaf of that name or cause: here, else in the same folder, else in another; one must stand out."""
    if own := _named(edge.name, (book,)):
        return own[0]
    home = Path(book.place.file).parent
    for folder in sorted(books.folders, key=lambda one: one != home):
        found = _named(edge.name, books.of(folder))
        alike = [leaf for leaf in found if leaf.playbook == leaf.name]
        if len(found) == 1 or len(alike) == 1:
            return (alike or found)[0]
        if found:
            ways = ", ".join(f"=> {leaf.playbook}/{leaf.name}" for leaf in found)
            raise SpecError(f"{edge.place}: '=> {edge.name}' could be several leaves; write one of {ways}")
    return None


def _named(name: str, books: Iterable[Playbook]) -> list[Leaf]:
    leaves = [leaf for book in books for leaf in book.leaves.values()]
    return [leaf for leaf in leaves if leaf.name == name] or [leaf for leaf in leaves if leaf.cause == name]
