"""A real Go service that runs: its profiles are captured into the bundle, and the leak is found in them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import Run, diagnose, within

SOURCES = Path(__file__).parent / "service"


@dataclass(frozen=True, slots=True)
class Service:
    url: str
    log: Path


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service of `service/`, built with the machine's Go; Go's own cache makes the second build quick."""
    if shutil.which("go") is None:
        pytest.skip("Go is not installed")
    folder = tmp_path_factory.mktemp("service")
    command = ["go", "build", "-trimpath", "-o", str(folder / "receipts"), "."]
    built = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    log = folder / "app.log"
    with log.open("wb") as file, subprocess.Popen([folder / "receipts"], stdout=subprocess.PIPE, stderr=file) as server:
        assert server.stdout
        try:
            yield Service(f"http://{server.stdout.readline().decode().strip()}/debug/pprof", log)
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def captured(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("live") / "out"
    arguments = ["incident", "--profiles", service.url, "--cpu-seconds", "2", "--logs", str(service.log), "--no-ask"]
    return diagnose(*arguments, out=out)


def test_the_leak_and_its_function_are_found(captured: Run) -> None:
    assert captured.code == 0, captured.stderr
    verdict = captured.report["verdict"]
    assert (verdict["cause"], verdict["culprit"]["name"]) == ("goroutine-leak", "main.awaitConfirmation")


def test_heap_goroutines_and_processor_are_in_the_bundle_and_say_how_to_repeat_them(
    captured: Run, service: Service
) -> None:
    manifest = (captured.out / "bundle" / "manifest.json").read_text()
    for kind in ("heap", "goroutine", "profile?seconds=2"):
        assert f'"source": "{service.url}/{kind}"' in manifest
    assert len(list((captured.out / "bundle" / "profiles").glob("*.pb.gz"))) >= 3
    assert any(service.url in one["reproduce"] for one in captured.report["evidence"])


def test_progress_is_told_during_the_wait_and_not_on_stdout(captured: Run, service: Service) -> None:
    assert f"CPU profile of {service.url} for 2 s" in captured.stderr
    assert "…" not in captured.stdout


def test_the_bundle_is_enough_without_the_service(captured: Run, tmp_path: Path) -> None:
    again = within("replay", str(captured.out), out=tmp_path / "again")
    assert again.code == 0, again.stderr
    assert (again.out / "report.json").read_bytes() == (captured.out / "report.json").read_bytes()


def test_doctor_lists_what_the_service_offers(service: Service) -> None:
    done = within("doctor", "--profiles", service.url)
    assert done.code == 0, done.stderr
    assert f"ok   profile  {service.url}/heap: heap" in done.stdout
    assert "gap  metric   no metrics were given" in done.stdout
