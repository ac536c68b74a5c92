"""Who only suffers, where it is known who uses whom."""

from __future__ import annotations

import numpy as np

from diagnose.checks.blame.victims import relieved
from diagnose.checks.metrics.suspects import Suspect
from diagnose.signals.series import Role
from tests.checks.metrics.made import measure

USES = [("shop", "cart"), ("cart", "stock")]


def suspect(entity: str, score: float, at: float = 100.0, role: Role = Role.LATENCY) -> Suspect:
    return entity, score, at, (measure(np.ones(9), role, entity=entity),)


def first(*ranked: Suspect, uses: list[tuple[str, str]] = USES) -> str:
    return relieved(ranked, uses)[0][0]


def test_the_one_far_behind_is_blamed_before_those_who_wait_for_it() -> None:
    assert first(suspect("shop", 0.9), suspect("cart", 0.8), suspect("stock", 0.7)) == "stock"


def test_replicas_are_known_by_their_service() -> None:
    assert first(suspect("shop-7d9f8b6c5-x2x4z", 0.9), suspect("cart-0", 0.8)) == "cart-0"


def test_own_resources_are_nobody_elses_fault() -> None:
    assert first(suspect("shop", 0.9, role=Role.CPU), suspect("cart", 0.8)) == "shop"


def test_what_came_later_is_no_cause() -> None:
    assert first(suspect("shop", 0.9), suspect("cart", 0.8, at=400.0)) == "shop"


def test_those_who_use_each_other_do_not_explain_each_other() -> None:
    assert first(suspect("shop", 0.9), suspect("cart", 0.8), uses=[("shop", "cart"), ("cart", "shop")]) == "shop"


def test_without_relations_nothing_changes() -> None:
    ranked = (suspect("shop", 0.9), suspect("cart", 0.8))
    assert relieved(ranked, ()) == ranked
