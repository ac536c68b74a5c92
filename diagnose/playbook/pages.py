"""A page of documentation for each playbook, written from the playbook itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from diagnose.checks.finding import Answer
from diagnose.playbook import draw
from diagnose.playbook.causes import CAUSES
from diagnose.playbook.diagnosis import Action
from diagnose.playbook.model import All, Any, Edge, Expression, Kind, Leaf, Library, Node, Not, Playbook, Question
from diagnose.playbook.runtimes import TITLES, Runtime

NOTE = "<!-- Written by `diagnose playbook docs`; change the playbook instead. -->"


def page(library: Library) -> str:
    """The root playbook in Markdown: its graph, questions, causes with remedies and commands, and sources."""
    book = library.playbooks[library.root]
    lines = [f"# {book.title}", "", NOTE, "", f"`diagnose playbook show {book.name}` draws it in a terminal.", ""]
    if book.nodes:
        lines += ["```mermaid", draw.mermaid(library).rstrip("\n"), "```", "", "## Questions", ""]
        lines += [line for node in book.nodes.values() for line in _node(library, node)]
    if book.leaves:
        lines += ["## Causes", ""]
        lines += [line for leaf in book.leaves.values() for line in _leaf(library, leaf)]
    if book.sources:
        lines += ["## Sources", "", *(f"- {_safe(source)}" for source in book.sources), ""]
    return "\n".join(lines)


def index(libraries: Sequence[Library]) -> str:
    """The page that leads to the others."""
    lines = ["# Playbooks, page by page", "", NOTE, "", "| playbook | finds out | can end in |", "|---|---|---|"]
    for library in libraries:
        book = library.playbooks[library.root]
        ends = ", ".join(sorted(_ends(library, book)))
        lines.append(f"| [{book.name}]({book.name}.md) | {_cell(book.title)} | {ends} |")
    return "\n".join([*lines, ""])


def _ends(library: Library, book: Playbook) -> set[str]:
    """The causes that the playbook itself can name, those in leaves of others too."""
    led_to = (library.follow(edge) for node in book.nodes.values() for edge in node.edges.values())
    found = [*book.leaves.values(), *(end for end in led_to if isinstance(end, Leaf))]
    return {leaf.cause for leaf in found}


def _node(library: Library, node: Node) -> Iterator[str]:
    yield from (f"### {_safe(node.ask)}", "", f"`{node.name}`")
    if node.test is not None:
        yield f"asks {_test(node.test)}."
    if node.person is not None:
        who = "Where the data does not tell, it asks a person" if node.test else "asks a person"
        how = f" To find out: `{node.person.how}`." if node.person.how else ""
        yield f"{who}. {_safe(node.person.why).rstrip('.')}.{how}"
    yield ""
    for target in dict.fromkeys(edge.written for edge in node.edges.values()):
        answers = [answer for answer in Answer if answer in node.edges and node.edges[answer].written == target]
        yield f"- {', '.join(answers)}: {_target(library, node.edges[answers[0]])}"
    yield ""


def _test(test: Expression) -> str:
    match test:
        case Question():
            return f"`{test.key}`"
        case All(parts):
            return " and ".join(_part(part) for part in parts)
        case Any(parts):
            return " or ".join(_part(part) for part in parts)
        case Not(part):
            return f"not {_part(part)}"


def _part(test: Expression) -> str:
    return f"({_test(test)})" if isinstance(test, All | Any) else _test(test)


def _target(library: Library, edge: Edge) -> str:
    found = library.follow(edge)
    if isinstance(found, Leaf):
        anchor = f"#{_anchor(_heading(library, found))}"
        return "the cause " + _link(library, found.playbook, _named(found), anchor)
    ask = _safe(found.ask) if found else edge.written
    if edge.kind is Kind.NODE or found is None:
        return f"[{ask}](#{_anchor(ask)})"
    return f"hands over to {_link(library, found.playbook, found.playbook)}: {ask}"


def _link(library: Library, playbook: str, text: str, anchor: str = "") -> str:
    """A link into a playbook's page, or the bare text where no page is written beside this one."""
    if playbook == library.root:
        return f"[{text}]({anchor})"
    here, there = (Path(library.playbooks[name].place.file).parent for name in (library.root, playbook))
    return f"[{text}]({playbook}.md{anchor})" if here == there else text


def _anchor(heading: str) -> str:
    """The anchor that Markdown viewers give a heading."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def _heading(library: Library, leaf: Leaf) -> str:
    title = CAUSES.get(leaf.cause) or library.playbooks[leaf.playbook].causes.get(leaf.cause, "")
    return f"{_named(leaf)}: {_safe(title)}"


def _named(leaf: Leaf) -> str:
    """The cause, and the kind of it where a playbook tells several apart."""
    return leaf.cause if leaf.name == leaf.cause else f"{leaf.cause}, {leaf.name.replace('-', ' ')}"


def _leaf(library: Library, leaf: Leaf) -> Iterator[str]:
    yield from (f"### {_heading(library, leaf)}", "", _safe(leaf.remedy), "")
    for action in leaf.actions:
        yield from _action(action)
    if leaf.missing:
        yield from ("To be certain:", "")
        for gap in leaf.missing:
            yield f"- {_safe(gap.why)}" + (f": `{gap.command}`" if gap.command else "")
        yield ""


def _action(action: Action) -> Iterator[str]:
    language = f" ({TITLES[Runtime(action.runtime)]})" if action.runtime else ""
    risk = "" if action.risk == "none" else f" Risk: {_safe(action.risk)}"
    yield f"- **{action.when}**{language}: {_safe(action.what)}.{risk}"
    if action.command:
        yield from ("", "  ```sh", *(f"  {line}" for line in action.command.splitlines()), "  ```", "")


def _cell(text: str) -> str:
    return _safe(text).replace("|", "\\|")


def _safe(text: str) -> str:
    """A text of the author's in one line, whose signs Markdown does not read."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("<", "&lt;").replace("*", "\\*").replace("`", "\\`")
