"""The playbooks as one graph: what only the whole can tell (reachable, acyclic, every name known)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import networkx as nx

from diagnose.checks.catalog import CheckSpec
from diagnose.checks.finding import Answer
from diagnose.errors import SpecError
from diagnose.playbook.causes import CAUSES
from diagnose.playbook.model import Edge, Kind, Library, Node, Playbook, Problem, Severity, asked
from diagnose.playbook.nearest import hint
from diagnose.playbook.parameters import problems_of


def validate(library: Library, catalogue: Mapping[str, CheckSpec]) -> tuple[Problem, ...]:
    """Everything that is wrong with the playbooks, sorted by place; warnings do not forbid a walk."""
    graph = digraph(library)
    found = [
        *(problem for node in library.nodes() for problem in _of_node(library, node, catalogue)),
        *(problem for book in library.playbooks.values() for problem in _of_playbook(book)),
        *_cycles(library, graph),
        *_unreached(library, graph),
    ]
    return tuple(sorted(set(found)))


def ensure(library: Library, catalogue: Mapping[str, CheckSpec]) -> None:
    """Refuse playbooks that cannot be trusted to lead anywhere: SpecError with the first error's place."""
    errors = [problem for problem in validate(library, catalogue) if problem.severity is Severity.ERROR]
    if errors:
        more = f" (and {len(errors) - 1} more; `diagnose playbook lint` lists them)" if len(errors) > 1 else ""
        raise SpecError(f"{errors[0]}{more}")


def digraph(library: Library) -> nx.DiGraph[str]:
    """All nodes and leaves by id; an edge carries the answers that take it."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(node.id for node in library.nodes())
    graph.add_nodes_from(leaf.id for leaf in library.leaves())
    for node in library.nodes():
        for answer, edge in node.edges.items():
            if target := library.follow(edge):
                known = graph.get_edge_data(node.id, target.id, {"answers": ()})["answers"]
                graph.add_edge(node.id, target.id, answers=(*known, answer))
    return graph


def _of_node(library: Library, node: Node, catalogue: Mapping[str, CheckSpec]) -> Iterator[Problem]:
    for question in asked(node.test):
        yield from problems_of(question, catalogue)
    for answer in Answer:
        if answer not in node.edges:
            message = f"node {node.name!r} does not say where {answer.value!r} leads; add '{answer}: ...'"
            yield Problem(node.place, "missing-edge", message)
    for edge in node.edges.values():
        if library.follow(edge) is None:
            yield Problem(edge.place, "dangling", _dangling(library, node, edge))


def _dangling(library: Library, node: Node, edge: Edge) -> str:
    book = library.playbooks[node.playbook]
    match edge.kind:
        case Kind.NODE:
            arrow = f"; write '=> {edge.name}' for the leaf" if edge.name in book.leaves else None
            other = f"; write '-> {edge.name}' for the playbook" if edge.name in library.shelf else None
            return f"no node {edge.name!r} in {book.name!r}{arrow or other or hint(edge.name, book.nodes)}"
        case Kind.LEAF:
            leaves = {name for leaf in library.leaves() for name in (leaf.name, leaf.cause)}
            arrow = f"; write '{edge.name}' without an arrow for the node" if edge.name in book.nodes else None
            return f"no leaf {edge.name!r}{arrow or hint(edge.name, leaves)}; add it under leaves"
        case Kind.PLAYBOOK:
            other_book = library.playbooks.get(edge.playbook)
            if other_book is None:
                return f"no playbook {edge.playbook!r}{hint(edge.playbook, library.shelf)}"
            return f"playbook {edge.playbook!r} has no node {edge.name or 'to start with'!r}" + hint(
                edge.name, other_book.nodes
            )


def _of_playbook(book: Playbook) -> Iterator[Problem]:
    if book.nodes and book.start not in book.nodes:
        place = book.start_place or book.place
        yield Problem(
            place, "dangling", f"start: no node {book.start!r} in {book.name!r}{hint(book.start, book.nodes)}"
        )
    for leaf in book.leaves.values():
        if leaf.cause not in CAUSES and leaf.cause not in book.causes:
            known = hint(leaf.cause, {*CAUSES, *book.causes})
            message = f"unknown cause {leaf.cause!r}{known}; a cause of your own needs a title under causes"
            yield Problem(leaf.place, "unknown-cause", message)


def _cycles(library: Library, graph: nx.DiGraph[str]) -> Iterator[Problem]:
    nodes = {node.id: node for node in library.nodes()}
    for component in nx.strongly_connected_components(graph):
        inside = graph.subgraph(component)
        if inside.number_of_edges():
            first = min(component, key=lambda one: nodes[one].place)
            ring = [source for source, _ in nx.find_cycle(inside, first)]
            round_trip = " -> ".join([*ring, ring[0]])
            yield Problem(nodes[first].place, "cycle", f"a walk could go in a circle: {round_trip}; cut one edge")


def _unreached(library: Library, graph: nx.DiGraph[str]) -> Iterator[Problem]:
    starts = [start.id for name in library.playbooks if (start := library.entry(name))]
    reached = set(starts).union(*(nx.descendants(graph, start) for start in starts))
    for node in library.nodes():
        if node.id not in reached:
            message = f"node {node.name!r} is never reached from the start; lead an edge to it or remove it"
            yield Problem(node.place, "unreachable", message)
    for leaf in library.leaves():
        if leaf.id not in reached and library.playbooks[leaf.playbook].nodes:
            message = f"leaf {leaf.name!r} is reached from no node of these playbooks"
            yield Problem(leaf.place, "unused-leaf", message, Severity.WARNING)
