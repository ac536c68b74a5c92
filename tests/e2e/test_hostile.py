"""Hostile text in logs, labels, stacks and file names reaches neither the terminal nor a page as anything but text."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.e2e.conftest import Run, within

PAYLOADS = (
    "\x1b[2J\x1b]0;owned\x07cleared",
    "\x1b]52;c;cm0gLXJmIC8=\x07clipboard",
    "\x9b31mred\u202eright-to-left\u200b",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</textarea></style><svg onload=alert(1)>",
    "| a | b |\n\n# heading ![x](http://127.0.0.1:9/x.png) [y](javascript:alert(1))",
    "```\n<script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %} ${jndi:ldap://x} \\u001b[31m",
)
BEGIN = datetime(2026, 1, 31, 3, 0, tzinfo=UTC)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e]")


def json_log(folder: Path) -> Path:
    rows = [
        {"time": (BEGIN + timedelta(seconds=i)).isoformat(), "level": "info", "msg": "request done", "status": 200}
        for i in range(400)
    ]
    for i in range(240, 400):
        told = PAYLOADS[i % len(PAYLOADS)]
        at = (BEGIN + timedelta(seconds=i)).isoformat()
        rows += [{"time": at, "level": "error", "msg": f"request failed: {told}", "endpoint": told, "error": told}] * 3
    file = folder / "app\x1b[31m<b>.log"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def plain_log(folder: Path) -> Path:
    lines = []
    for i in range(400):
        at = f"{BEGIN + timedelta(seconds=i):%Y-%m-%d %H:%M:%S}"
        lines.append(f"{at} INFO request done in 3ms")
        if i >= 240:
            lines += [f"{at} ERROR cannot serve {PAYLOADS[i % len(PAYLOADS)]}"] * 3
    file = folder / "plain.log"
    file.write_text("\n".join(lines), errors="surrogatepass")
    return file


def metrics_file(folder: Path) -> Path:
    rows = ["# TYPE jobs gauge", "# TYPE requests counter"]
    for i in range(0, 400, 5):
        at = BEGIN.timestamp() + i
        for number, told in enumerate(PAYLOADS):
            value = told.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            grown = max(0, i - 240) * (number + 1)
            rows.append(f'jobs{{job="{value}",queue="{value}"}} {20 + grown} {at:.3f}')
            rows.append(f'requests_total{{job="{value}",code="500",handler="{value}"}} {grown} {at:.3f}')
    file = folder / "metrics.om"
    file.write_text("\n".join([*rows, "# EOF", ""]))
    return file


def goroutines(folder: Path) -> Path:
    told = "main.\x1b[31m<script>alert(1)</script>"
    parts = [
        f"goroutine {i} [chan receive, 9 minutes]:\n{told}(0x1)\n\t/src/<img src=x onerror=alert(1)>.go:7 +0x1\n"
        for i in range(1, 1500)
    ]
    file = folder / "goroutines.txt"
    file.write_text("\n".join(parts))
    return file


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("hostile")
    given = ["--logs", str(json_log(folder)), "--logs", str(plain_log(folder)), "--metrics", str(metrics_file(folder))]
    given += ["--profiles", str(goroutines(folder)), "--profiles", "none\x1b[31m<b>", "--no-ask"]
    return within("incident", *given, out=folder / "out")


def test_the_terminal_gets_plain_text(hostile: Run) -> None:
    assert hostile.code == 0, hostile.stderr
    assert not CONTROL.search(hostile.stdout + hostile.stderr)


@pytest.mark.parametrize("name", ["report.html", "report.md", "report.json"])
def test_no_report_holds_a_control_character(hostile: Run, name: str) -> None:
    text = (hostile.out / name).read_text()
    assert not CONTROL.search(text)
    assert "alert(1)" in text
    assert "onerror" in text


class _Elements(HTMLParser):
    """Names of elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.images: list[str] = []
        self.handlers: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.scripts.append(self.get_starttag_text() or "")
        if tag == "img":
            self.images.append(self.get_starttag_text() or "")
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


def elements(page: str) -> _Elements:
    found = _Elements()
    found.feed(page)
    return found


def test_the_page_holds_no_element_of_theirs(hostile: Run) -> None:
    page = (hostile.out / "report.html").read_text()
    theirs, plain = elements(page), elements(within_clean(hostile.out.parent).read_text())
    assert (theirs.images, theirs.handlers) == ([], [])
    assert theirs.scripts == plain.scripts
    assert all(link.startswith("#") for link in theirs.links)


def within_clean(folder: Path) -> Path:
    """The page of a run on a harmless log, to know which scripts are the report's own."""
    log = folder / "clean.log"
    log.write_text("".join(f"{BEGIN + timedelta(seconds=i):%Y-%m-%d %H:%M:%S} INFO done\n" for i in range(100)))
    done = within("incident", "--logs", str(log), "--no-ask", out=folder / "clean")
    assert done.code == 0, done.stderr
    return done.out / "report.html"


@pytest.mark.parametrize("name", ["report.md", "postmortem"])
def test_markdown_renders_to_no_element_of_theirs(hostile: Run, name: str) -> None:
    text = within("postmortem", str(hostile.out)).stdout if name == "postmortem" else (hostile.out / name).read_text()
    found = elements(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert (found.scripts, found.images, found.handlers) == ([], [], [])
    assert not any("javascript:" in link or "127.0.0.1:9" in link for link in found.links)


@pytest.mark.parametrize(
    "arguments",
    [
        ["logs", "app\x1b[31m<b>.log", "plain.log"],
        ["metrics", "--metrics", "metrics.om"],
        ["profile", "leaks", "goroutines.txt"],
        ["doctor", "--logs", "app\x1b[31m<b>.log", "--metrics", "metrics.om", "--profiles", "none\x1b[31m"],
        ["logs", "none\x1b[31m.log"],
        ["replay", "none\x1b[31m"],
        ["incident", "--logs", "none\x1b[31m.log"],
        ["incident", "--playbook", "none\x1b[31m"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_the_other_commands_print_plain_text(
    hostile: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(hostile.out.parent)
    done = within(*arguments)
    assert "\x1b" in "".join(arguments) or "alert(1)" in done.stdout or "jndi" in done.stdout
    assert not CONTROL.search(done.stdout + done.stderr)
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
