"""What logs of several services hold against whom, on made requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pytest

from diagnose.checks.blame.clue import service, worth
from diagnose.checks.blame.failures import failures
from diagnose.checks.blame.joined import called, clues, joined
from diagnose.checks.blame.left_out import left_out
from diagnose.checks.blame.lost_time import lost_time
from diagnose.checks.blame.louder import louder
from diagnose.checks.blame.splits import two_levels, two_shares
from diagnose.checks.onset import joint
from diagnose.signals.events import Level, LogDigest, Pattern
from diagnose.signals.series import Role
from diagnose.signals.talk import Hop, Voice
from diagnose.signals.window import Window
from tests.checks.metrics.made import measure

START, ONSET = 1_000.0, 1_100.0
AT = tuple(START + 5.0 * number for number in range(40))


def hop(before: str, after: str, seconds: Sequence[float] | float = 0.003, at: Sequence[float] = AT) -> Hop:
    """Between `entity/line` and `entity/line`."""
    (one, said), (other, answered) = before.split("/"), after.split("/")
    known = tuple(seconds) if isinstance(seconds, Sequence) else (seconds,) * len(at)
    return Hop((one, said), (other, answered), False, tuple(at), known)


def slow(seconds: float = 1.0) -> tuple[float, ...]:
    return tuple(0.003 if at < ONSET else seconds for at in AT)


def before(at: Iterable[float] = AT) -> tuple[float, ...]:
    return tuple(one for one in at if one < ONSET)


def after(at: Iterable[float] = AT) -> tuple[float, ...]:
    return tuple(one for one in at if one >= ONSET)


def digest(*hops: Hop, bad: Iterable[str] = (), voices: Sequence[Voice] = (), template: str = "{}") -> LogDigest:
    names = {said for one in hops for _, said in (one.before, one.after)} | {voice.pattern for voice in voices}
    patterns = tuple(
        Pattern(
            name, Level.ERROR if name in bad else Level.INFO, template.format(name), 1, START, START, {}, (name,), {}
        )
        for name in sorted(names)
    )
    spoken = tuple(voices) or tuple(Voice(entity, "-", {0: 1}) for entity in ("a", "b", "shop", "cart", "stock"))
    return LogDigest(Window(START, START + 200), 1.0, (), {}, patterns, voices=spoken, hops=hops)


def test_time_is_lost_by_the_one_who_is_slow_with_everybody() -> None:
    hops = [
        hop("shop/ask", "cart/asked", slow()),
        hop("cart/done", "shop/got", slow()),
        hop("bill/ask", "cart/asked", slow()),
        hop("cart/done", "bill/got", slow()),
        hop("shop/pay", "bill/paying"),
        hop("shop/ship", "post/shipping"),
    ]
    ranked = sorted(lost_time(hops), key=lambda clue: -clue.score)
    assert ranked[0].entity == "cart"
    assert ranked[0].score > 1.5 * ranked[1].score
    assert ranked[0].at == pytest.approx(ONSET)
    assert "post" not in {clue.entity for clue in ranked}


@pytest.mark.parametrize("seconds", [0.003, 0.01])
def test_what_nobody_would_notice_is_no_loss(seconds: float) -> None:
    assert lost_time([hop("a/x", "b/y", slow(seconds))]) == []


def test_a_few_slow_requests_of_one_hop_date_nothing() -> None:
    """Heavy tails: two requests of a second at the end of a log are no onset, however much longer they took."""
    few = (*(0.003,) * (len(AT) - 2), 1.0, 1.2)
    found = lost_time([hop("shop/ask", "cart/asked", few), *(hop(f"shop/{n}", f"cart/{n}") for n in range(9))])
    assert all(clue.dates < 0.45 for clue in found)
    sure = lost_time([hop("shop/ask", "cart/asked", slow()), hop("cart/done", "shop/got", slow())])
    assert all(clue.dates > 0.6 for clue in sure)


def test_becoming_faster_counts_only_when_nothing_became_slower() -> None:
    faster = hop("a/x", "b/y", tuple(reversed(slow())))
    alone = lost_time([faster])
    assert {clue.entity for clue in alone} == {"a", "b"}
    assert max(clue.score for clue in alone) < 0.6
    assert {clue.entity for clue in lost_time([faster, hop("shop/x", "cart/y", slow())])} == {"shop", "cart"}


def test_the_first_to_fail_in_a_request_is_blamed() -> None:
    told = digest(hop("cart/look", "cart/found", at=before()), hop("cart/look", "cart/lost", at=after()), bad=["lost"])
    found = failures(told)
    assert [clue.entity for clue in found] == ["cart"]
    assert found[0].at == pytest.approx(ONSET)
    assert found[0].score > 0.9


def test_who_is_named_in_the_failure_is_blamed_more_than_who_says_it() -> None:
    told = digest(
        hop("shop/look", "shop/found", at=before()),
        hop("shop/look", "shop/lost", at=after()),
        bad=["lost"],
        template="{} no answer from stock",
    )
    score = {clue.entity: clue.score for clue in failures(told)}
    assert score["stock"] > score["shop"]


def test_errors_as_frequent_as_ever_blame_nobody() -> None:
    told = digest(hop("cart/look", "cart/found", at=AT[::2]), hop("cart/look", "cart/lost", at=AT[1::2]), bad=["lost"])
    assert all(clue.score == 0.0 for clue in failures(told))


def test_who_no_longer_answers_is_missed() -> None:
    told = digest(hop("shop/ask", "stock/asked", at=before()), hop("shop/ask", "shop/on", at=after()))
    found = {clue.entity: clue.score for clue in left_out(told)}
    assert found["stock"] > 0.9
    assert found["stock"] > found.get("shop", 0.0)


def test_lines_that_differ_in_data_only_are_the_same_line() -> None:
    told = digest(
        hop("shop/ask", "stock/red", at=before()),
        hop("shop/ask", "stock/blue", at=after()),
        template="this is a sentence of some eight words {}",
    )
    assert left_out(told) == []


def lines(entity: str, pattern: str, at: Iterable[int]) -> Voice:
    return Voice(entity, pattern, dict.fromkeys(at, 1))


def test_without_trace_ids_the_share_of_errors_tells() -> None:
    voices = [
        lines("cart", "fine", range(200)),
        lines("cart", "lost", range(100, 200, 2)),
        lines("shop", "fine", range(200)),
        lines("shop", "usual", range(0, 200, 4)),
    ]
    found = louder(digest(voices=voices, bad=["lost", "usual"]))
    assert [clue.entity for clue in found if clue.score > 0.1] == ["cart"]
    assert found[0].at == pytest.approx(ONSET)


def test_logs_of_one_entity_hold_nothing() -> None:
    one = LogDigest(Window(START, START + 1), 1.0, (), {}, ())
    assert clues(one, []) == clues(None, []) == ()


@pytest.mark.parametrize(
    ("entity", "known", "name"),
    [
        ("cart-7d9f8b6c5-x2x4z", {"cart", "shop"}, "cart"),
        ("cart-7d9f8b6c5-x2x4z", {"cart-7d9f8b6c5-x2x4z", "cart"}, "cart-7d9f8b6c5-x2x4z"),
        ("cart", {"cart-7d9f8b6c5-x2x4z"}, "cart-7d9f8b6c5-x2x4z"),
        ("queue", {"cart"}, "queue"),
        ("", {""}, ""),
    ],
)
def test_an_entity_is_called_as_the_metrics_call_it(entity: str, known: set[str], name: str) -> None:
    assert called(entity, known) == name


def test_metrics_and_logs_together_outrank_either() -> None:
    cpu = measure(np.ones(10), Role.CPU, entity="cart")
    ranked = [("shop", 0.6, 1.0, ()), ("cart", 0.5, 2.0, (cpu,))]
    told = digest(hop("cart/look", "cart/found", at=before()), hop("cart/look", "cart/lost", at=after()), bad=["lost"])
    both = joined(ranked, clues(told, [cpu]))
    assert [entity for entity, *_ in both[:2]] == ["cart", "shop"]
    assert both[0][3] == (cpu,)
    assert joined(ranked, ()) == tuple(ranked)


def test_clues_date_an_onset() -> None:
    told = digest(hop("cart/look", "cart/found", at=before()), hop("cart/look", "cart/lost", at=after()), bad=["lost"])
    onset, _ = joint([(clue.at, clue.dates, clue.text) for clue in clues(told, [])])
    assert onset == pytest.approx(ONSET)


@pytest.mark.parametrize(
    ("entity", "name"),
    [("cart-7d9f8b6c5-x2x4z", "cart"), ("db-0", "db"), ("cart-service", "cart-service"), ("redis", "redis"), ("", "")],
)
def test_replicas_share_a_service(entity: str, name: str) -> None:
    assert service(entity) == name


def test_splits_find_their_moment() -> None:
    assert two_levels(np.array([0.0, 0.1, 0.0, 5.0, 5.1, 5.0]))[0] == 3
    split, nats = two_shares(np.array([0.0, 0, 0, 0, 1, 1, 1, 1]), np.ones(8))
    assert split == 4
    assert nats > 3
    assert worth(-1.0) == 0.0


def test_noise_is_seldom_a_change() -> None:
    random = np.random.default_rng(7)
    sure = [two_levels(random.normal(0, 0.5, 40))[1] > 3 for _ in range(400)]
    assert np.mean(sure) <= 0.02
    sure = [two_shares(random.integers(0, 2, 40).astype(float), np.ones(40))[1] > 3 for _ in range(400)]
    assert np.mean(sure) <= 0.02
