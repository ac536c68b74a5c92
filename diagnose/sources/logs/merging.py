"""Templates that differ in a few words of the same message become one."""

from __future__ import annotations

import re

from diagnose.sources.logs.patterns import OTHER, Group
from diagnose.sources.logs.record import Value

_ALIKE = 0.6  # share of equal words; the best grouping accuracy on Loghub was found there
_COMPARED = 200
_MANY = 5  # so many different words in one place are a variable; states such as started or stopped are fewer
_ANY = "<*>"
_VALUE = re.compile(r"[<\d/\\@_]|\w\.\w|^$")


def merged(groups: list[Group]) -> list[Group]:
    """Groups of one level whose templates have as many words, a first one alike, and mostly equal others."""
    families: dict[tuple[int, int, str], list[Group]] = {}
    for group in groups:
        words = group.template.split()
        first = _ANY if not words or _is_value(words[0]) else words[0]
        families.setdefault((group.level, len(words), first), []).append(group)
    return [group for family in families.values() for group in _joined(family)]


def _joined(family: list[Group]) -> list[Group]:
    if len(family) == 1 or family[0].template == OTHER:
        return family
    varied = _positions(family)
    kept: list[tuple[list[str], Group]] = []
    for group in family:
        words = group.template.split()
        for index, (held, into) in enumerate(kept[:_COMPARED]):
            if _alike(held, words, varied):
                template = [a if a == b else _ANY for a, b in zip(held, words, strict=True)]
                kept[index] = (template, _absorb(into, group, " ".join(template)))
                break
        else:
            kept.append((words, group))
    return [group for _, group in kept]


def _positions(family: list[Group]) -> set[tuple[int, str]]:
    """Places where many templates differ in one word and in nothing else, as (index, the other words)."""
    seen: dict[tuple[int, str], set[str]] = {}
    for group in family if len(family) >= _MANY else ():
        words = group.template.split()
        for index in range(1, len(words)):
            seen.setdefault((index, _without(words, index)), set()).add(words[index])
    return {place for place, words in seen.items() if len(words) >= _MANY}


def _without(words: list[str], index: int) -> str:
    return " ".join(words[:index] + words[index + 1 :])


def _alike(held: list[str], words: list[str], varied: set[tuple[int, str]]) -> bool:
    differ = [index for index, (a, b) in enumerate(zip(held, words, strict=True)) if a != b]
    if len(differ) == 1 and (differ[0], _without(words, differ[0])) in varied:
        return True
    if len(differ) > (1 - _ALIKE) * len(held):
        return False
    return all(held[index] == _ANY or (_is_value(held[index]) and _is_value(words[index])) for index in differ)


def _is_value(word: str) -> bool:
    """Whether a word looks like a value rather than like a word of the sentence."""
    value = word.rpartition("=")[2] if "=" in word else word
    return _VALUE.search(value.strip(".,:;()[]{}\"'")) is not None


def _absorb(into: Group, other: Group, template: str) -> Group:
    other.into = into
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
