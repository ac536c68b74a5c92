"""People's own yes: it counts where it decided the cause, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from diagnose.checks.finding import Answer, Finding, no, yes
from diagnose.playbook import load
from diagnose.playbook.vouch import vouched
from diagnose.playbook.walk import walk

BOOK = """\
playbook: front
title: A question of one's own, a package's, and a person's
start: own
nodes:
  own:
    ask: Is it ours?
    log: {pattern: ours}
    yes: package
    no: => healthy
    unknown: => inconclusive
  package:
    ask: Does our check say so?
    check: shop.says
    yes: kind
    no: -> back
    unknown: -> back
  kind:
    ask: Which kind is it?
    person: {why: Nothing tells the kinds apart}
    yes: => quick
    no: => disk-full
    unknown: => disk-full
leaves:
  quick: {cause: disk-full, remedy: none}
  disk-full: {remedy: none}
  healthy: {remedy: none}
  inconclusive: {remedy: none}
"""
BACK = """\
playbook: back
title: Whatever was asked before
start: hot
nodes:
  hot: {ask: Is it hot?, check: cpu.hot, yes: => cpu-hotspot, no: => cpu-hotspot, unknown: => cpu-hotspot}
leaves:
  cpu-hotspot: {remedy: none}
"""
OURS = "own.log(pattern=ours)"
SURE = yes("it is", strength=0.9)


@pytest.mark.parametrize(
    ("findings", "person", "times"),
    [
        ({OURS: SURE, "shop.says": SURE}, Answer.YES, 1.8),  # the person only told the kind
        ({OURS: SURE, "shop.says": SURE}, None, 1.8),
        ({OURS: SURE, "shop.says": yes("it is", strength=0.9, weights={"disk-full": 4.0})}, None, 0.9),
        ({OURS: SURE, "shop.says": no("it is not")}, None, 0.9),
        ({OURS: no("it is not")}, None, 0.0),
        ({}, None, 0.0),
    ],
)
def test_a_yes_counts_where_a_no_would_have_led_elsewhere(
    write,  # type: ignore[no-untyped-def]
    findings: Mapping[str, Finding],
    person: Answer | None,
    times: float,
) -> None:
    library = load.load("front", shelf=write(front=BOOK, back=BACK))
    walked = walk(library, findings, lambda _: person)
    assert vouched(library, walked, findings) == pytest.approx(times)


def test_before_another_playbook_takes_over_it_counts_for_nothing(write) -> None:  # type: ignore[no-untyped-def]
    """GIVEN an own yes before a playbook that a no leads to as well, WHEN walked, THEN it is no credit."""
    library = load.load("front", shelf=write(front=BOOK.replace("no: => healthy", "no: -> back"), back=BACK))
    findings = {OURS: SURE, "shop.says": no("it is not")}
    assert vouched(library, walk(library, findings), findings) == 0.0


def test_what_ships_and_what_has_weights_is_no_vouching(write) -> None:  # type: ignore[no-untyped-def]
    library = load.load("back", shelf=write(back=BACK.replace("no: => cpu-hotspot", "no: => healthy")))
    findings = {"cpu.hot": replace(SURE, weights={})}
    assert vouched(library, walk(library, findings), findings) == 0.0
