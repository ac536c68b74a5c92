"""Templates that differ in a few words of the same message become one."""

from __future__ import annotations

from diagnose.sources.logs.patterns import OTHER, Group
from diagnose.sources.logs.record import Value

_ALIKE = 0.6  # share of equal words; the best grouping accuracy on Loghub was found there
_ANY = "<*>"


def merged(groups: list[Group]) -> list[Group]:
    """Groups of one level whose templates have as many words, the same first one, and mostly the same others."""
    families: dict[tuple[int, int, str], list[Group]] = {}
    for group in groups:
        words = group.template.split()
        families.setdefault((group.level, len(words), words[0] if words else ""), []).append(group)
    return [group for family in families.values() for group in _joined(family)]


def _joined(family: list[Group]) -> list[Group]:
    if len(family) == 1 or family[0].template == OTHER:
        return family
    kept: list[tuple[list[str], Group]] = []
    for group in family:
        words = group.template.split()
        for index, (held, into) in enumerate(kept):
            if _alike(held, words):
                template = [a if a == b else _ANY for a, b in zip(held, words, strict=True)]
                kept[index] = (template, _absorb(into, group, " ".join(template)))
                break
        else:
            kept.append((words, group))
    return [group for _, group in kept]


def _alike(held: list[str], words: list[str]) -> bool:
    equal = sum(a == b for a, b in zip(held, words, strict=True))
    return equal >= _ALIKE * len(held) and _variable(held, words)


def _variable(held: list[str], words: list[str]) -> bool:
    """Whether every place that differs looks like a value rather than a word of the sentence."""
    return all(a in (b, _ANY) or (_is_value(a) and _is_value(b)) for a, b in zip(held, words, strict=True))


def _is_value(word: str) -> bool:
    return not word.strip(".,:;()[]{}\"'").isalpha() or "<" in word


def _absorb(into: Group, other: Group, template: str) -> Group:
    into.template = template
    into.count += other.count
    into.first, into.last = min(into.first, other.first), max(into.last, other.last)
    for bucket, count in other.counts.items():
        into.counts[bucket] = into.counts.get(bucket, 0) + count
    into.examples.extend(other.examples[: max(0, 3 - len(into.examples))])
    into.stack = into.stack or other.stack
    for name, counts in other.fields.items():
        _absorb_field(into, name, counts)
    return into


def _absorb_field(into: Group, name: str, counts: dict[Value, int] | None) -> None:
    if name not in into.fields:
        into.fields[name] = counts
        return
    held = into.fields[name]
    if held is None or counts is None:
        into.fields[name] = None
        return
    for value, count in counts.items():
        held[value] = held.get(value, 0) + count
