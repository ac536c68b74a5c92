"""Checks of installed packages: found, listed, asked by a playbook, and harmless when they are broken."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from diagnose.checks import plugins
from diagnose.checks.catalog import catalogue, shipped
from diagnose.checks.finding import Answer
from diagnose.cli.playbook import app
from diagnose.errors import SpecError
from diagnose.investigate import Request, collect, diagnose, library_of
from diagnose.signals.window import Window

CODE = '''
from __future__ import annotations

from typing import Annotated, Literal

from diagnose.checks.case import Case
from diagnose.checks.finding import Finding, no, unknown, yes


Seconds = Annotated[float, "s"]


def fills(case: Case, *, queue: Literal["mail", "print"], above: float = 100.0, lasting: Seconds = 60.0) -> Finding:
    """Does a queue of the outbox fill?

    More that nobody lists.
    """
    values = [v for s in case.evidence.series if s.name == f"{queue}_waiting" for v in s.values]
    if not values:
        return unknown(f"nobody counts the {queue} queue")
    found = f"{queue} reached {max(values):g} of {above:g} for {lasting:g} s"
    return yes(found, strength=0.9, weights={"lost-lease": 3.0}) if max(values) > above else no(found)


def stumbles(case: Case) -> Finding:
    """Does it stumble?"""
    raise KeyError("queue")


def gives_nothing(case: Case) -> Finding:
    """Does it give nothing?"""


not_a_function = 7


def untyped(case, *, above=3): ...


def strange_unit(case: Case, *, above: Annotated[float, "miles"] = 3.0) -> Finding: ...


def by_place(case: Case, above: float) -> Finding: ...


def wrong_default(case: Case, *, above: float = "high") -> Finding: ...
'''
PLAYBOOK = """\
playbook: outbox
title: Mails stay in the outbox
start: fills
nodes:
  fills:
    ask: Do mails pile up?
    check: outbox.fills
    with: {queue: mail, lasting: 2m}
    yes: => lost-lease
    no: => healthy
    unknown: => inconclusive
causes:
  lost-lease: The dispatcher lost its lease
leaves:
  lost-lease: {remedy: Renew the lease.}
"""
BROKEN = {
    "bad": "shop_checks:fills",
    "own.fills": "shop_checks:fills",
    "cpu.jumped": "shop_checks:stumbles",
    "shop.absent": "shop_checks:absent",
    "shop.by-place": "shop_checks:by_place",
    "shop.default": "shop_checks:wrong_default",
    "shop.module": "shop_nowhere:check",
    "shop.number": "shop_checks:not_a_function",
    "shop.unit": "shop_checks:strange_unit",
    "shop.untyped": "shop_checks:untyped",
}
REASONS = {
    "bad": "its name must be of the form area.word",
    "own.fills": "not begin with own.",
    "cpu.jumped": "another check has this name",
    "shop.absent": "AttributeError: module 'shop_checks' has no attribute 'absent'",
    "shop.by-place": "it must take the case alone",
    "shop.default": "the default of parameter 'above' is no float",
    "shop.module": "ModuleNotFoundError: No module named 'shop_nowhere'",
    "shop.number": "expected a function, found int",
    "shop.unit": "has the unit 'miles'; expected one of s, bytes",
    "shop.untyped": "parameter 'above' must be bool, int",
}

Install = Callable[[dict[str, str]], Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts a package with entry points on the path, as an installer lays it out."""

    def put(entries: dict[str, str]) -> Path:
        (tmp_path / "shop_checks.py").write_text(CODE, encoding="utf-8")
        told = tmp_path / "shop_checks-1.0.dist-info"
        told.mkdir()
        (told / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-checks\nVersion: 1.0\n", encoding="utf-8")
        lines = [f"{name} = {value}" for name, value in entries.items()]
        (told / "entry_points.txt").write_text("\n".join(["[diagnose.checks]", *lines, ""]), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()
        return tmp_path

    yield put
    sys.modules.pop("shop_checks", None)


def test_a_function_becomes_a_check_with_typed_parameters(install: Install) -> None:
    install({"outbox.fills": "shop_checks:fills"})
    spec = catalogue()["outbox.fills"].spec
    assert spec.title == "Does a queue of the outbox fill?"
    told = {name: (one.type, one.default, one.unit, one.choices) for name, one in spec.parameters.items()}
    assert told == {
        "queue": (str, None, "", ("mail", "print")),
        "above": (float, 100.0, "", ()),
        "lasting": (float, 60.0, "s", ()),
    }


def test_it_is_listed_and_shipped_checks_stay(install: Install) -> None:
    install({"outbox.fills": "shop_checks:fills"})
    listed = CliRunner().invoke(app, ["checks"])
    assert (
        "outbox.fills  Does a queue of the outbox fill?\n    queue: text (mail, print), must be given" in listed.stdout
    )
    assert "lasting: number in s, 60 when left out" in listed.stdout
    assert set(catalogue()) == {*shipped(), "outbox.fills"}
    assert listed.stderr == ""


def test_a_playbook_asks_it(install: Install) -> None:
    folder = install({"outbox.fills": "shop_checks:fills"})
    (folder / "outbox.yaml").write_text(PLAYBOOK, encoding="utf-8")
    rows = ["time,mail_waiting", *(f"{1_770_000_000 + 15 * step},{140 + step % 2}" for step in range(40))]
    (folder / "metrics.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    window = Window(1_770_000_000.0, 1_770_000_600.0)
    collected = collect(Request(window, metrics=str(folder / "metrics.csv")), progress=lambda _: None)
    diagnosis, _ = diagnose(collected, library_of(str(folder / "outbox.yaml")))
    assert (diagnosis.verdict.cause, diagnosis.path[0].answer) == ("lost-lease", "yes")
    assert diagnosis.path[0].because == "mail reached 141 of 100 for 120 s"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{queue: letters}", "parameter 'queue' cannot be 'letters'; expected one of mail, print"),
        ("{queue: mail, lasting: 5MB}", "parameter 'lasting' is written in bytes, expected s"),
        ("{above: 3}", "outbox.fills needs the parameter 'queue'"),
    ],
)
def test_its_parameters_are_checked_as_any(install: Install, given: str, said: str) -> None:
    file = install({"outbox.fills": "shop_checks:fills"}) / "outbox.yaml"
    file.write_text(PLAYBOOK.replace("{queue: mail, lasting: 2m}", given), encoding="utf-8")
    with pytest.raises(SpecError, match=re.escape(said)):
        library_of(str(file))


def test_broken_packages_are_one_line_each_and_the_rest_works(install: Install) -> None:
    install({**BROKEN, "outbox.fills": "shop_checks:fills"})
    found = plugins.installed()
    assert set(found.checks) == {"outbox.fills"}
    assert set(found.broken) == set(BROKEN)
    for name, reason in REASONS.items():
        line = found.broken[name]
        assert line.startswith(f"the check {name!r} of the package shop-checks cannot be used: ")
        assert reason in line
        assert "\n" not in line
    listed = CliRunner().invoke(app, ["checks"])
    assert listed.exit_code == 0
    assert len(listed.stderr.splitlines()) == len(BROKEN)
    assert catalogue()["cpu.jumped"].spec.title == "Did processor use jump?"


def test_a_playbook_that_asks_a_broken_check_says_why(install: Install) -> None:
    file = install({"outbox.fills": "shop_nowhere:fills"}) / "outbox.yaml"
    file.write_text(PLAYBOOK, encoding="utf-8")
    with pytest.raises(
        SpecError, match=r"outbox.yaml:7:12: the check 'outbox.fills' of the package shop-checks"
    ) as told:
        library_of(str(file))
    assert "No module named 'shop_nowhere'" in str(told.value)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("stumbles", "the check shop.odd failed: KeyError: 'queue'"),
        ("gives_nothing", "the check shop.odd gave no finding but NoneType"),
    ],
)
def test_a_check_that_fails_answers_unknown(install: Install, function: str, said: str) -> None:
    install({"shop.odd": f"shop_checks:{function}"})
    finding = catalogue()["shop.odd"].run(object())
    assert (finding.answer, finding.because) == (Answer.UNKNOWN, said)
