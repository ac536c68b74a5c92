"""Who speaks in logs of several services, and what follows what in one request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from diagnose.signals.window import Window
from diagnose.sources.logs import collect
from diagnose.sources.logs.talk import entity_of

WINDOW = Window(1_700_000_000.0, 1_700_000_060.0)


def line(second: float, message: str, **fields: Any) -> str:
    return json.dumps({"ts": WINDOW.start + second, "level": "info", "msg": message, **fields})


def written(place: Path, *lines: str) -> str:
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(place)


def test_lines_of_one_trace_follow_each_other_across_files(tmp_path: Path) -> None:
    """GIVEN one file a service WHEN both serve a request THEN the hop between them has its seconds."""
    shop = written(tmp_path / "shop.log", line(1, "asking", trace_id="t"), line(1.5, "got it", trace_id="t"))
    cart = written(tmp_path / "cart.log", line(1.2, "asked", trace_id="t"), line(9, "cleaning up"))
    digest, _ = collect([shop, cart], WINDOW)
    assert digest is not None
    names = {pattern.id: pattern.template for pattern in digest.patterns}
    told = [(h.before[0], names[h.before[1]], h.after[0], names[h.after[1]], h.seconds) for h in digest.hops]
    assert sorted(told) == [
        ("cart", "asked", "shop", "got it", (pytest.approx(0.3, abs=1e-3),)),
        ("shop", "asking", "cart", "asked", (pytest.approx(0.2, abs=1e-3),)),
    ]
    assert {voice.entity for voice in digest.voices} == {"cart", "shop"}


def test_an_entity_is_named_by_its_field_before_its_file(tmp_path: Path) -> None:
    place = written(
        tmp_path / "all.log",
        line(1, "one", **{"kubernetes.pod_name": "shop-1", "service.name": "shop"}),
        line(2, "two", pod="cart-0"),
        line(3, "three", service="stock"),
    )
    digest, _ = collect([place], WINDOW)
    assert digest is not None
    assert [voice.entity for voice in digest.voices] == ["cart-0", "shop-1", "stock"]
    assert digest.hops == ()


def test_what_follows_an_error_of_another_is_tainted(tmp_path: Path) -> None:
    place = written(
        tmp_path / "all.log",
        line(1, "asking", service="shop", trace_id="t"),
        json.dumps({"ts": WINDOW.start + 2, "level": "error", "msg": "lost", "service": "cart", "trace_id": "t"}),
        line(3, "sorry", service="shop", trace_id="t"),
    )
    digest, _ = collect([place], WINDOW)
    assert digest is not None
    assert sorted((hop.after[0], hop.tainted) for hop in digest.hops) == [("cart", False), ("shop", True)]


def test_a_log_of_one_service_keeps_nothing_more(tmp_path: Path) -> None:
    place = written(tmp_path / "shop.log", *(line(n, "done", service="shop", trace_id="t") for n in range(9)))
    digest, _ = collect([place], WINDOW)
    assert digest is not None
    assert digest.voices == digest.hops == ()


def test_secrets_in_names_are_masked(tmp_path: Path) -> None:
    place = written(tmp_path / "a.log", line(1, "x", host="password=hunter22secret"), line(2, "y", host="shop"))
    digest, _ = collect([place], WINDOW)
    assert digest is not None
    assert not any("hunter22" in voice.entity for voice in digest.voices)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("logs/cart.log", "cart"),
        ("logs/cart.log.1", "cart"),
        ("logs/cart.2026-01-02.json.gz", "cart"),
        ("pods/shop_cart-0_1f/cart/0.log", "cart"),
        ("cart", "cart"),
    ],
)
def test_a_path_names_an_entity(path: str, name: str) -> None:
    assert entity_of(path) == name
