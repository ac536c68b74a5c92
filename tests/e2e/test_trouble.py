"""Sources that are dead, empty or foreign become gaps; what cannot work at all is one line and an exit code."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.e2e.conftest import Recording, diagnose, free_port, recording, within


@pytest.fixture(scope="module")
def ill(root: Path) -> Recording:
    return recording(root, "parcel-receive")


def incident(case: Recording, out: Path, *more: str):
    return within("incident", *case.window, "--no-ask", *more, out=out)


# --- Sources that fail become gaps, and the rest is judged.


def test_a_dead_prometheus_is_a_gap(ill: Recording, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = incident(ill, tmp_path / "out", "--prometheus", url, *ill.profiles)
    assert done.code == 0, done.stderr
    (gap,) = (gap for gap in done.report["missing"] if url in gap["why"])
    assert gap == {
        "signal": "metric",
        "why": f"Prometheus at {url}: connection refused",
        "command": f"curl -sS '{url}/api/v1/query?query=up'",
    }
    assert done.report["verdict"]["cause"] == ill.truth["cause"]


class _Page(BaseHTTPRequestHandler):
    """A web server that is no Prometheus: 404 for one path, a login page for all others."""

    def _answer(self) -> None:
        self.send_response(404 if self.path.startswith("/gone") else 200)
        self.end_headers()
        self.wfile.write(b"<html><title>Sign in</title>")

    do_GET = do_POST = _answer  # noqa: N815 - names of the standard library

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("option", "path", "said"),
    [
        ("--prometheus", "", "not the Prometheus API"),
        ("--prometheus", "/gone", "answers HTTP 404"),
        ("--profiles", "/gone/debug/pprof", "404"),
        ("--profiles", "/debug/pprof", "no known profile format"),
    ],
)
def test_a_server_that_is_something_else_is_a_gap(
    ill: Recording, tmp_path: Path, page: str, option: str, path: str, said: str
) -> None:
    done = incident(ill, tmp_path / "out", option, page + path, "--cpu-seconds", "0", *ill.logs)
    assert done.code == 0, done.stderr
    assert said in " ".join(gap["why"] for gap in done.report["missing"])


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty", b"", "empty"),
        ("foreign", b"<html>404 page not found</html>", ""),
        ("noise", bytes(range(256)) * 64, ""),
        ("gzip-of-nothing", gzip.compress(b""), ""),
    ],
)
@pytest.mark.parametrize("option", ["--logs", "--profiles", "--metrics"])
def test_a_file_that_holds_nothing_is_a_gap(
    ill: Recording, tmp_path: Path, option: str, name: str, data: bytes, said: str
) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    others = [*ill.logs, *ill.profiles] if option == "--metrics" else ["--metrics", str(ill.metrics)]
    done = incident(ill, tmp_path / "out", option, str(file), *others)
    assert done.code == 0, done.stderr
    gaps = [gap for gap in done.report["missing"] if gap["signal"] == option.strip("-").rstrip("s")]
    assert any(name in gap["why"] and said in gap["why"] for gap in gaps), gaps


def test_a_truncated_profile_is_a_gap_and_the_others_are_judged(ill: Recording, tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    for path in sorted((ill.folder / "profiles").iterdir()):
        (folder / path.name).write_bytes(path.read_bytes())
    first = min(folder.iterdir())
    first.write_bytes(first.read_bytes()[:-40])
    done = incident(ill, tmp_path / "out", "--profiles", str(folder), "--metrics", str(ill.metrics))
    assert done.code == 0, done.stderr
    assert any(first.name in gap["why"] for gap in done.report["missing"])
    assert done.report["verdict"]["cause"] == ill.truth["cause"]


def test_a_log_that_breaks_off_keeps_what_was_read(ill: Recording, tmp_path: Path) -> None:
    log = tmp_path / "app.log.gz"
    log.write_bytes((ill.folder / "app.log.gz").read_bytes()[:-2000])
    done = incident(ill, tmp_path / "out", "--logs", str(log), "--metrics", str(ill.metrics), *ill.profiles)
    assert done.code == 0, done.stderr
    assert any("app.log.gz" in gap["why"] for gap in done.report["missing"])
    assert done.report["verdict"]["cause"] == ill.truth["cause"]


# --- What cannot work is one line that says what and where, nothing on stdout, and no folder.

CYCLE = """\
playbook: circle
title: Round and round
start: one
nodes:
  one: {ask: One?, check: cpu.jumped, yes: two, no: => healthy, unknown: => healthy}
  two: {ask: Two?, check: cpu.hot, yes: one, no: => healthy, unknown: => healthy}
"""

WRONG = [
    # arguments, files, exit code, what the line says
    ([], {}, 4, "nothing could be collected"),
    (["--logs", "none.log", "--profiles", "none/", "--metrics", "none.om"], {}, 4, "no such file: none.log"),
    (["--logs", "LOG", "--since", "soon"], {}, 2, "not a duration: 'soon'"),
    (["--logs", "LOG", "--at", "yesterday"], {}, 2, "not a time: 'yesterday'"),
    (["--logs", "LOG", "--start", "2026-01-02T00:00:00Z", "--end", "2026-01-01T00:00:00Z"], {}, 2, "empty window"),
    (["--logs", "LOG", "--since", "5m", "--at", "now"], {}, 2, "exclude each other"),
    (["--prometheus", "http://127.0.0.1:9", "--metrics", "x.om"], {}, 2, "exclude each other"),
    (["--prometheus", "http://127.0.0.1:9", "--select", 'job="'], {}, 2, "not label matchers"),
    (["--prometheus", "http://me:hidden@127.0.0.1:9"], {}, 2, "diagnose: http://127.0.0.1:9: an address with a user"),
    (["--profiles", "http://me:hidden@127.0.0.1:9/debug/pprof"], {}, 2, "would be seen in reports"),
    (["--logs", "LOG", "--playbook", "triagee"], {}, 3, "'triagee'"),
    (["--logs", "LOG", "--playbook", "none.yaml"], {}, 3, "none.yaml"),
    (["--logs", "LOG", "--playbook", "circle.yaml"], {"circle.yaml": "playbook: [x"}, 3, "circle.yaml:2:1"),
    (["--logs", "LOG", "--playbook", "circle.yaml"], {"circle.yaml": CYCLE}, 3, "circle.yaml:5:"),
    (["--logs", "LOG"], {"diagnose.yaml": "prometheus: http://x\nlog: app.log\n"}, 3, "diagnose.yaml:2:1"),
    (["--logs", "LOG"], {"diagnose.yaml": "logs: [a\n"}, 3, "diagnose.yaml:2:1"),
    (["--logs", "LOG", "--config", "none.yaml"], {}, 3, "none.yaml"),
    (["--logs", "LOG", "--out", "taken"], {"taken": "a file"}, 1, "taken is a file"),
    (["--logs", "LOG", "--out", "/proc/1/none"], {}, 1, "--out"),
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("arguments", "files", "code", "said"), WRONG, ids=lambda part: str(part)[:40])
def test_what_cannot_work_is_one_line_and_a_code(
    ill: Recording, desk: Path, arguments: list[str], files: dict[str, str], code: int, said: str
) -> None:
    for name, text in files.items():
        (desk / name).write_text(text)
    done = within("incident", "--no-ask", *(str(ill.folder / "app.log.gz") if a == "LOG" else a for a in arguments))
    assert done.code == code, done
    assert done.stdout == ""
    assert done.stderr.startswith("diagnose: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert "hidden" not in done.stderr
    assert {path.name for path in desk.iterdir()} == set(files)


@pytest.mark.parametrize(
    "arguments",
    [
        ["incidents"],
        ["incident", "--nope"],
        ["incident", "--out"],
        ["replay"],
        ["postmortem"],
        ["logs"],
        ["profile", "top"],
    ],
)
def test_wrong_usage_exits_2_and_prints_nothing_on_stdout(arguments: list[str]) -> None:
    done = within(*arguments)
    assert (done.code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_without_a_command_the_help_is_shown_as_wrong_usage() -> None:
    done = within()
    assert done.code == 2
    assert "incident" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "manifest.json"),
        ({"manifest.json": "{}"}, "cannot be read"),
        ({"manifest.json": '{"format": 99}'}, "cannot be read"),
    ],
)
@pytest.mark.parametrize("command", ["replay", "postmortem"])
def test_a_broken_bundle_is_one_line(tmp_path: Path, command: str, files: dict[str, str], said: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = within(command, str(tmp_path))
    assert (done.code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert said in done.stderr


def test_a_replay_without_one_of_its_parts_is_one_line(ill: Recording, tmp_path: Path) -> None:
    made = incident(ill, tmp_path / "out", *ill.profiles)
    assert made.code == 0, made.stderr
    (tmp_path / "out" / "bundle" / "profiles" / "000.pb.gz").unlink()
    done = within("replay", str(made.out), out=tmp_path / "again")
    assert (done.code, done.stderr.count("\n")) == (1, 1)
    assert "profiles/000.pb.gz" in done.stderr


def test_a_second_run_into_the_same_folder_leaves_nothing_of_the_first(ill: Recording, tmp_path: Path) -> None:
    first = incident(ill, tmp_path / "out", "--metrics", str(ill.metrics), *ill.logs, *ill.profiles)
    second = incident(ill, tmp_path / "out", *ill.logs)
    assert (first.code, second.code) == (0, 0)
    again = within("replay", str(second.out), out=tmp_path / "again")
    assert (tmp_path / "again" / "report.json").read_bytes() == (second.out / "report.json").read_bytes()
    assert not list((second.out / "bundle" / "profiles").glob("*"))
    assert again.code == 0


def test_a_pipe_gets_utf8_whatever_the_locale(ill: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}.items():
        monkeypatch.setenv(name, value)
    done = diagnose("incident", *ill.window, "--metrics", str(ill.metrics), "--no-ask", out=tmp_path / "out")
    assert done.code == 0, done.stderr
    assert "→" in done.stdout
