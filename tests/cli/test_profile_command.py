"""`diagnose profile` from the outside: what scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from diagnose.cli.profile import app
from diagnose.errors import NothingCollectedError, SourceError, UsageError
from tests.sources.profiles.made import Made

GOROUTINE = [("goroutine", "count")]
CPU = [("samples", "count"), ("cpu", "nanoseconds")]


@pytest.fixture
def cpu(tmp_path: Path) -> tuple[str, str]:
    """Two CPU profiles of one program."""
    made = Made(CPU, duration_ns=10**9).add([[("main.f", "/app/f.go", 7)], "main.main"], [1, 10])
    (tmp_path / "a").write_bytes(made.bytes())
    (tmp_path / "b").write_bytes(made.add(["main.g", "main.main"], [4, 40]).bytes())
    return str(tmp_path / "a"), str(tmp_path / "b")


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_top_as_json(cpu: tuple[str, str]) -> None:
    assert json.loads(run("top", cpu[0], "--json")) == {
        "sample_type": "cpu",
        "unit": "nanoseconds",
        "total": 10,
        "duration_s": 1.0,
        "functions": [
            {"name": "main.f", "file": "/app/f.go", "line": 7, "flat": 10, "cum": 10},
            {"name": "main.main", "file": "/src/main.main.go", "line": 1, "flat": 0, "cum": 10},
        ],
    }


def test_diff_is_signed(cpu: tuple[str, str]) -> None:
    found = json.loads(run("diff", cpu[1], cpu[0], "--sample-type", "samples", "--json"))
    assert [(row["name"], row["flat"], row["cum"]) for row in found["functions"]] == [
        ("main.g", -4, -4),
        ("main.main", 0, -4),
    ]


def test_tables_for_people(cpu: tuple[str, str]) -> None:
    assert "100.00%               10 100.00%  main.f" in run("top", cpu[0], "--limit", "1")


def test_leaks(tmp_path: Path) -> None:
    quiet = Made(GOROUTINE, time_ns=10**18).add(["runtime.gopark", "main.main"], [1])
    (tmp_path / "1.pb").write_bytes(quiet.bytes())
    quiet.time_ns += 60 * 10**9
    (tmp_path / "2.pb").write_bytes(
        quiet.add(["runtime.gopark", "runtime.chanrecv1", [("main.wait", "/app/w.go", 3)]], [90]).bytes()
    )
    found = json.loads(run("leaks", str(tmp_path), "--json"))
    assert (found["stuck"], found["kind"]) == (True, "leak")
    assert found["groups"][0] == {
        "function": "main.wait",
        "file": "/app/w.go",
        "line": 3,
        "state": "channel-receive",
        "count": 90,
        "growth": 90,
        "longest_wait_s": None,
        "creator": None,
        "stack": ["runtime.gopark", "runtime.chanrecv1", "main.wait"],
    }
    assert run("leaks", str(tmp_path)).startswith("leak: 90 goroutines")
    assert run("leaks", str(tmp_path / "1.pb")).startswith("nothing is stuck")


def test_threads(tmp_path: Path) -> None:
    dump = "Full thread dump X:\n\n" + "".join(
        f'"{name}" #1 prio=5 cpu=1s elapsed=2s tid=0x1 nid=1 x\n'
        "   java.lang.Thread.State: BLOCKED (on object monitor)\n"
        f"\tat com.acme.A.f(A.java:1)\n\t- waiting to lock <{wants}> (a X)\n\t- locked <{has}> (a X)\n\n"
        for name, wants, has in (("a", "0x1", "0x2"), ("b", "0x2", "0x1"))
    )
    (tmp_path / "dump").write_text(dump)
    found = json.loads(run("threads", str(tmp_path / "dump"), "--json"))
    assert found["deadlocks"] == [["a", "b"]]
    assert {row["thread"]: row["cpu_s"] for row in found["hot"]} == {"a": 1.0, "b": 1.0}
    assert "deadlock: a <-> b" in run("threads", str(tmp_path / "dump"))


@pytest.mark.parametrize(
    ("arguments", "error", "exit_code"),
    [
        (["top", "nowhere"], SourceError, 1),
        (["leaks", "nowhere"], NothingCollectedError, 4),
        (["top", "{cpu}", "--sample-type", "heat"], UsageError, 2),
        (["threads", "{cpu}"], NothingCollectedError, 4),
    ],
)
def test_errors_are_of_our_tree(
    cpu: tuple[str, str], arguments: list[str], error: type[Exception], exit_code: int
) -> None:
    done = CliRunner().invoke(app, [argument.format(cpu=cpu[0]) for argument in arguments])
    assert isinstance(done.exception, error)
    assert done.exception.exit_code == exit_code  # type: ignore[attr-defined]


def test_flame_is_one_page(cpu: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "new" / "flame.html"
    assert run("flame", cpu[1], "--base", cpu[0], "--out", str(out)).strip() == str(out)
    page = out.read_text(encoding="utf-8")
    assert "main.g" in page
    assert "http://" not in page.replace("http://www.w3.org/", "")


def test_flame_of_another_sample_type(cpu: tuple[str, str], tmp_path: Path) -> None:
    pages = [run("flame", cpu[0], "--sample-type", kind, "--out", str(tmp_path / kind)) for kind in ("samples", "cpu")]
    assert len({Path(page.strip()).read_text(encoding="utf-8") for page in pages}) == 2


def test_fleet(tmp_path: Path) -> None:
    for i in range(6):
        made = Made(GOROUTINE, time_ns=10**18)
        made.add(["runtime.gopark", "runtime.chanrecv1", [("main.wait", "/app/w.go", 9)]], [2 + 70 * (i == 3)])
        (tmp_path / f"host-{i}.pb").write_bytes(made.bytes())
    found = json.loads(run("fleet", str(tmp_path), "--json"))
    assert (found["kind"], found["instances"]) == ("sick", 6)
    assert [row["instance"] for row in found["sick"]] == ["host-3.pb"]
    (site,) = found["sites"]
    assert {key: site[key] for key in ("profile", "function", "file", "line", "on", "of", "worst", "grew_on")} == {
        "profile": "goroutine",
        "function": "main.wait",
        "file": "/app/w.go",
        "line": 9,
        "on": 6,
        "of": 6,
        "worst": {"instance": "host-3.pb", "value": 72.0},
        "grew_on": None,
    }
    assert "sick: host-3.pb" in run("fleet", str(tmp_path), "--workers", "2")


def test_a_folder_is_left_to_the_fleet(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="diagnose profile fleet"):
        run("top", str(tmp_path))
