"""The package that people install: everything is inside, and it runs from an empty folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, so that this one is complete too."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=root)
    (source,) = folder.glob("*.tar.gz")
    run("tar", "-xzf", source, cwd=folder)
    run(
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-t",
        "wheel",
        "-d",
        folder,
        cwd=folder / source.name[: -len(".tar.gz")],
    )
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_playbooks_templates_and_demo_and_no_tests(root: Path, wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"diagnose/playbooks/{path.name}" for path in (root / "playbooks").glob("*.yaml")}
    wanted |= {f"diagnose/{path.relative_to(root)}" for path in (root / "reports").rglob("*") if path.is_file()}
    wanted |= {str(path.relative_to(root)) for path in (root / "diagnose" / "demo").rglob("*") if path.is_file()}
    wanted |= {"diagnose/py.typed", "diagnose/sources/profiles/pprof_pb2.py"}
    assert sorted(wanted - names) == []
    assert not [name for name in names if name.startswith(("tests", "examples", "docs")) or "__pycache__" in name]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in an environment of its own; only the libraries are those of this one."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    libraries = Path(
        run(home / "bin" / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip()
    )
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        home / "bin" / "python",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        wheel,
        cwd=home,
    )
    # A .pth file names the folder alone: an editable installation in there stays out of sight.
    (libraries / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "diagnose"


def test_the_demo_runs_from_an_empty_folder(root: Path, installed: Path, tmp_path: Path) -> None:
    told = run(installed, "demo", cwd=tmp_path)
    assert told.startswith("Database pool exhausted in shop")
    assert "main.queryOrder" in told
    assert (tmp_path / "incidents" / "demo" / "report.html").is_file()
    where = run(installed.with_name("python"), "-c", "import diagnose; print(diagnose.__file__)", cwd=tmp_path)
    assert not where.startswith(str(root))


def test_playbooks_are_found_and_sound(installed: Path, tmp_path: Path) -> None:
    assert "triage" in run(installed, "playbook", "list", cwd=tmp_path)
    assert run(installed, "playbook", "lint", cwd=tmp_path) == ""
