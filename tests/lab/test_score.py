"""The figures of the scorer, on rows made by hand."""

from __future__ import annotations

import pytest
from score import figures, tables
from score.astray import causes_beyond
from score.cases import Case
from score.fit import Constants, leave_out, verdict
from score.runs import ALL, Row, Variant, Weighing

from diagnose.investigate import library_of


def case(cause: str = "disk-full", *, program: str = "a", culprit: tuple[str, ...] = ("core",)) -> Case:
    ill = cause != "healthy"
    return Case("x", program, cause, culprit if ill else (), 100.0 if ill else None, 0.0, 200.0, ("log",), "m", ())


def row(said: str, confidence: float, of: Case, *, error_s: float | None = None, culprit: str = "") -> Row:
    return Row(of, Variant(), said, confidence, culprit, error_s, ranked=(said, "dns-failure"))


ROWS = [
    row("disk-full", 0.9, case(), error_s=3.0, culprit="resource core.4471"),
    row("disk-full", 0.8, case(), error_s=-40.0, culprit="resource other"),
    row("traffic-drop", 0.7, case("dns-failure")),
    row("healthy", 0.97, case("healthy")),
    row("cpu-hotspot", 0.6, case("healthy")),
    row("inconclusive", 0.2, case()),
]


def test_figures_count_what_they_say() -> None:
    assert figures.causes(ROWS) == "3/6 (50%)"
    assert figures.first_three(ROWS) == "4/6 (67%)"
    assert figures.culprits(ROWS) == "1/4 (25%)"
    assert figures.near(ROWS) == "1/4 (25%)"
    assert figures.alarms(ROWS) == "1/2 (50%)"
    assert figures.sure_and_wrong(ROWS) == "2/6 (33%)"
    assert figures.share([]) == "–"


def test_brier_and_calibration_leave_out_what_gave_no_verdict() -> None:
    expected = (0.1**2 + 0.2**2 + 0.7**2 + 0.03**2 + 0.6**2) / 5
    assert figures.brier(figures.stated(ROWS)) == pytest.approx(expected)
    assert sum(count for _, count, _, _ in figures.calibration(ROWS)) == 5


def test_chance_is_what_guessing_would_reach() -> None:
    guess, commonest = figures.chance(ROWS)
    assert guess == pytest.approx((3 / 6) ** 2 + (1 / 6) ** 2 + (2 / 6) ** 2)
    assert commonest == pytest.approx(0.5)


def test_what_is_wrong_is_listed_by_name() -> None:
    text = "\n".join(tables.wrong(ROWS))
    assert "dns-failure, called traffic-drop (0.70)" in text
    assert "blamed resource other" in text


@pytest.mark.parametrize(
    ("findings", "leaf", "cause"),
    [
        ({"disk-full": 3.0}, "disk-full", "disk-full"),
        ({"disk-full": 0.0, "dns-failure": 12.0}, "disk-full", "dns-failure"),
        ({"disk-full": 0.0, "dns-failure": 4.2, "oom-kill": 4.2, "fd-leak": 4.2}, "disk-full", "inconclusive"),
        ({"healthy": 0.0, "dns-failure": 12.0}, "healthy", "healthy"),
        ({}, "inconclusive", "inconclusive"),
    ],
)
def test_the_fit_lets_the_weight_overrule_the_walk(findings: dict[str, float], leaf: str, cause: str) -> None:
    assert verdict(Weighing(findings, leaf, 0), Constants())[0] == cause


def test_each_program_is_left_out_once() -> None:
    weighing = Weighing({"disk-full": 3.0, "dns-failure": 1.0}, "disk-full", 1)
    rows = [Row(case(program=name), Variant(), "disk-full", 0.9, weighing=weighing) for name in "abca"]
    found = leave_out(rows)
    assert [(one.program, one.here[:2], one.others[:2]) for one in found] == [
        ("a", (2, 2), (2, 2)),
        ("b", (1, 1), (3, 3)),
        ("c", (1, 1), (3, 3)),
    ]


def test_a_signal_alone_counts_only_where_it_was_recorded() -> None:
    assert not Variant("profiles alone", frozenset({"profiles"}), alone=True).covers(case())
    assert Variant("without logs", ALL - {"logs"}).covers(case())


def test_all_causes_but_none_is_lost_from_the_start() -> None:
    library = library_of("triage")
    assert {"disk-full", "healthy", "deadlock"} <= causes_beyond(library, library.start)
    assert causes_beyond(library, None) == set()
