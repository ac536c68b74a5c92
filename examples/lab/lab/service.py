"""A service of the lab: its `service.yaml`, the names that a seed gives it, and its build."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .case import LAB, LabError

BUILD = LAB / "build"
BUILDING = threading.Lock()  # one build at a time: the second one finds what the first compiled


@dataclass(frozen=True, slots=True)
class Service:
    """A built service. `spec` is its service.yaml after renaming; `home` its sources, `out` its program."""

    name: str
    label: str
    spec: dict[str, Any]
    home: Path
    out: Path

    def command(self) -> list[str]:
        """The command that runs it."""
        return [word.format(out=self.out, home=self.home) for word in self.spec["run"]]


def choose_names(spec: dict[str, Any], seed: int) -> dict[str, str]:
    """Pick one of the alternatives for each word of `names`; the same seed picks the same."""
    dice = random.Random(seed)
    return {word: dice.choice(options) for word, options in spec.get("names", {}).items()}


def rename(text: str, names: dict[str, str]) -> str:
    """Replace whole words (a word may be followed by an underscore, as in metric names)."""
    if not names:
        return text
    pattern = re.compile(r"(?<![A-Za-z0-9])(" + "|".join(map(re.escape, names)) + r")(?![A-Za-z0-9])")
    return pattern.sub(lambda match: names[match.group()], text)


def build_service(name: str, seed: int, *, home_name: str) -> Service:
    """Copy the sources of a service under the names of `seed` to build/`home_name` and build them there."""
    source = LAB / name
    text = (source / "service.yaml").read_text(encoding="utf-8")
    names = choose_names(yaml.safe_load(text), seed)
    spec = yaml.safe_load(rename(text, names))
    home = BUILD / "src" / home_name
    shutil.rmtree(home, ignore_errors=True)
    copy_sources(source, home, names)
    label = str(spec.get("label") or next(iter(names.values()), name))
    service = Service(name=name, label=label, spec=spec, home=home, out=home / "bin" / label)
    build(service)
    return service


def copy_sources(source: Path, home: Path, names: dict[str, str]) -> None:
    """Copy text files renamed; a file called fault_* gets a neutral name, for file names show in stacks."""
    skipped = {"node_modules", "__pycache__", ".venv"}
    for number, path in enumerate(sorted(p for p in source.rglob("*") if p.is_file())):
        inner = path.relative_to(source)
        if skipped & set(inner.parts):
            continue
        if inner.name.startswith("fault_"):
            inner = inner.with_name(f"feature_{number:02d}{inner.suffix}")
        target = home / inner
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rename(path.read_text(encoding="utf-8"), names), encoding="utf-8")


def build(service: Service) -> None:
    """Run the build command in the copied sources."""
    places = {"out": service.out, "home": service.home, "source": LAB / service.name}
    command = [word.format(**places) for word in service.spec.get("build", [])]
    if not command:
        return
    with BUILDING:
        done = subprocess.run(
            command, cwd=service.home, check=False, capture_output=True, text=True, preexec_fn=yield_to_others
        )
    if done.returncode:
        raise LabError(f"{service.name}: build failed: {done.stderr.strip()[-600:]}")


def yield_to_others() -> None:
    """Builds must not disturb the recordings that run beside them."""
    os.nice(20)


def build_upstream() -> Path:
    """Build the stub upstream once and return its program."""
    out = BUILD / "upstream"
    command = ["go", "build", "-o", str(out), "."]
    done = subprocess.run(command, check=False, cwd=LAB / "upstream", capture_output=True, text=True)
    if done.returncode:
        raise LabError(f"upstream: build failed: {done.stderr.strip()[-600:]}")
    return out
