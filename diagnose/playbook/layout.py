"""Where the boxes of a drawing go: in layers from top to bottom, ordered so that few arrows cross.

The method is Sugiyama's: layers by longest path, invisible boxes where an arrow passes a layer,
sweeps that move each box towards the mean of its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import fmean

Pair = tuple[str, str]
SWEEPS = 12
ONWARD = 100.0
"""How much more a box that leads on is worth than an end, when both want the same place."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`centre` of each box on the x axis, its `layer` from the top, and the points at which an arrow bends."""

    centre: Mapping[str, float]
    layer: Mapping[str, int]
    bends: Mapping[Pair, tuple[tuple[float, int], ...]]
    width: float


def layout(widths: Mapping[str, float], arrows: Sequence[Pair], *, gap: float) -> Layout:
    """Places for boxes of the given widths; `arrows` are acyclic, in reading order, and start above where they end."""
    layer = _layers(widths, arrows)
    chains = {arrow: _chain(arrow, layer) for arrow in arrows}
    depth = dict(layer) | {name: at for chain in chains.values() for name, at in chain}
    wide = {name: widths.get(name, gap) for name in depth}
    short = [pair for arrow, chain in chains.items() for pair in _links(arrow, chain)]
    rows = _ordered(depth, short)
    centre = _placed(rows, short, wide, gap)
    left = min((centre[name] - wide[name] / 2 for name in centre), default=0.0)
    centre = {name: at - left for name, at in centre.items()}
    bends = {arrow: tuple((centre[name], at) for name, at in chain) for arrow, chain in chains.items()}
    width = max((centre[name] + wide[name] / 2 for name in centre), default=0.0)
    return Layout({name: centre[name] for name in widths}, layer, bends, width)


def _layers(names: Iterable[str], arrows: Sequence[Pair]) -> dict[str, int]:
    """The longest way from a start; an arrow that closes a cycle, which lint forbids, is left to point upwards."""
    left = dict.fromkeys(names)
    before, _ = _neighbours(arrows)
    layer: dict[str, int] = {}
    while left:
        ready = (name for name in left if not any(other in left for other in before.get(name, ())))
        name = next(ready, next(iter(left)))
        layer[name] = max((layer[other] + 1 for other in before.get(name, ()) if other in layer), default=0)
        del left[name]
    return layer


def _chain(arrow: Pair, layer: Mapping[str, int]) -> list[tuple[str, int]]:
    source, target = arrow
    return [(f"{source}\0{target}\0{at}", at) for at in range(layer[source] + 1, layer[target])]


def _links(arrow: Pair, chain: Sequence[tuple[str, int]]) -> list[Pair]:
    names = [arrow[0], *(name for name, _ in chain), arrow[1]]
    return list(pairwise(names))


def _ordered(depth: Mapping[str, int], links: Sequence[Pair]) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name, at in depth.items():
        rows[at].append(name)
    above, below = _neighbours(links)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            place = {name: index for line in rows for index, name in enumerate(line)}
            near = above if down else below
            row.sort(key=lambda name: fmean([place[other] for other in near.get(name, [name])]))
    return rows


def _neighbours(links: Sequence[Pair]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for source, target in links:
        above.setdefault(target, []).append(source)
        below.setdefault(source, []).append(target)
    return above, below


def _placed(
    rows: Sequence[Sequence[str]], links: Sequence[Pair], wide: Mapping[str, float], gap: float
) -> dict[str, float]:
    centre: dict[str, float] = {}
    for row in rows:
        at = 0.0
        for name in row:
            centre[name] = at + wide[name] / 2
            at += wide[name] + gap
    above, below = _neighbours(links)
    weight = {name: ONWARD if name in below else 1.0 for name in centre}
    for sweep in range(SWEEPS):
        near = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wish = {name: _mean(near.get(name, [name]), centre, weight) for name in row}
            centre |= _apart(row, wish, weight, {name: wide[name] + gap for name in row})
    return centre


def _mean(names: Sequence[str], centre: Mapping[str, float], weight: Mapping[str, float]) -> float:
    return fmean([centre[name] for name in names], weights=[weight[name] for name in names])


def _apart(
    row: Sequence[str], wish: Mapping[str, float], weight: Mapping[str, float], room: Mapping[str, float]
) -> dict[str, float]:
    """As near to the wishes, by weighted squares, as order and room allow (pool adjacent violators)."""
    steps = accumulate(((room[left] + room[right]) / 2 for left, right in pairwise(row)), initial=0.0)
    offset = dict(zip(row, steps, strict=True))
    pools: list[tuple[float, float, list[str]]] = []
    for name in row:
        at, heavy, members = wish[name] - offset[name], weight[name], [name]
        while pools and pools[-1][0] > at:
            other, other_heavy, before = pools.pop()
            at = (at * heavy + other * other_heavy) / (heavy + other_heavy)
            heavy, members = heavy + other_heavy, before + members
        pools.append((at, heavy, members))
    return {name: at + offset[name] for at, _, members in pools for name in members}
