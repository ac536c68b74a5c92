"""`diagnose postmortem`: where it is written, in which form, from whose template."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import within

DEMO = str(Path(__file__).resolve().parents[2] / "diagnose" / "demo")


def test_the_name_of_the_file_says_whether_it_is_a_page(tmp_path: Path) -> None:
    for name, begins in (("a.md", "# Postmortem: "), ("a.html", "<!doctype html>")):
        done = within("postmortem", DEMO, "--out", str(tmp_path / name))
        assert (done.code, done.stdout) == (0, ""), done.stderr
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_a_folder_of_templates_stands_in_for_ours(tmp_path: Path) -> None:
    (tmp_path / "postmortem.md.j2").write_text("{{ view.service }}: {{ ask('note', 'what?') }}\n")
    done = within("postmortem", DEMO, "--template", str(tmp_path))
    assert done.code == 0, done.stderr
    assert done.stdout.startswith("shop: <!-- fill in: note ")


@pytest.mark.parametrize(
    ("name", "out", "code", "words"),
    [
        ("gone.md.j2", "a.md", 2, "there is no such template"),
        ("own.html.j2", "a.md", 2, "give template and --out the same ending"),
        ("own.md.j2", "a.html", 2, "give template and --out the same ending"),
        ("wrong.md.j2", "a.md", 3, "wrong.md.j2:2: "),
    ],
)
def test_a_template_that_cannot_be_used_is_one_line(tmp_path: Path, name: str, out: str, code: int, words: str) -> None:
    for there in ("own.html.j2", "own.md.j2"):
        (tmp_path / there).write_text("fine\n")
    (tmp_path / "wrong.md.j2").write_text("first\n{{ nobody }}\n")
    done = within("postmortem", DEMO, "--template", str(tmp_path / name), "--out", str(tmp_path / out))
    assert done.code == code
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / out).exists()
