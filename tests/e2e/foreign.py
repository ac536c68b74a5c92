"""Logs as other stacks write them, made from foreign.yaml: ten quiet minutes, then six of a fault."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

BEGIN = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
FAULT = BEGIN + timedelta(minutes=10)
END = BEGIN + timedelta(minutes=16)
_TABLE = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())
FAULTS: Mapping[str, Mapping[str, str]] = _TABLE["faults"]
_STAMP = re.compile(r"\{t(?::([^}]*))?\}")


def log_of(name: str) -> str:
    """The log of a fault, the same each time."""
    fault = FAULTS[name]
    return "".join(_lines(_TABLE["stacks"][fault["stack"]], fault["text"], random.Random(name)))


def _lines(stack: Mapping[str, Any], fault: str, dice: random.Random) -> Iterator[str]:
    at = BEGIN
    while at < END:
        ill = at >= FAULT and dice.random() < 0.35
        level = stack.get("levels", {}).get("ERROR" if ill else "INFO", "ERROR" if ill else "INFO")
        yield _line(stack["line"], at, level, fault if ill else stack["usual"], dice) + "\n"
        at += timedelta(seconds=dice.expovariate(1.0))


def _line(shape: str, at: datetime, level: str, text: str, dice: random.Random) -> str:
    said = json.dumps(text) if shape.startswith('{"') else text
    line = _STAMP.sub(lambda found: at.strftime(found[1]) if found[1] else str(int(at.timestamp() * 1000)), shape)
    line = line.replace("{level}", level).replace("{text}", said)
    return re.sub(r"\{n\}", lambda _: str(dice.randrange(100, 1000)), line)
