"""Two small playbooks that hand over to one another, and the checks that they ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from diagnose.checks.catalog import CheckSpec, ParameterSpec
from diagnose.playbook import load
from diagnose.playbook.model import Library

FRONT = """\
playbook: front
title: The front door
sources: [a book]
start: present
nodes:
  present:
    ask: Is there anything?
    check: evidence.present
    with: {min_signals: 2}
    yes: slow
    no: => nothing
    unknown: => nothing
  slow:
    ask: Is it slow and not busy?
    all:
      - {check: latency.rose, with: {by: 50%, for_at_least: 5m}}
      - not: {check: cpu.jumped}
    yes: -> back
    no: deployed
    unknown: deployed
  deployed:
    ask: Was it deployed by hand?
    person: {why: A version is not in the metrics, how: kubectl rollout history}
    yes: => bad-deploy
    no: => nothing
    unknown: -> back/pool
leaves:
  nothing: {cause: inconclusive, remedy: Get more}
  bad-deploy:
    remedy: Roll back
    actions: [{when: now, what: Roll back, command: kubectl rollout undo, risk: loses the release}]
    missing: [{signal: change, why: versions are not exported, command: kubectl rollout history}]
"""
BACK = """\
playbook: back
title: The back room
start: pool
nodes:
  pool:
    ask: Is the pool used up?
    any:
      - {check: pool.full}
      - query: {promql: "max(pool_waiting)", above: 3, lasting: 1m}
    person: {why: The pool has no metrics}
    yes: => queue-stuck
    no: => nothing
    unknown: => inconclusive
causes:
  queue-stuck: The queue has no consumer
leaves:
  queue-stuck: {remedy: Start a consumer}
"""
CATALOGUE = {
    spec.name: spec
    for spec in (
        CheckSpec("evidence.present", "Is there evidence", {"min_signals": ParameterSpec(int, 1)}),
        CheckSpec(
            "latency.rose",
            "Did latency rise",
            {"by": ParameterSpec(float, 0.2, "ratio"), "for_at_least": ParameterSpec(float, 60.0, "s")},
        ),
        CheckSpec("cpu.jumped", "Did the processor's use jump"),
        CheckSpec("pool.full", "Is the pool used up"),
        CheckSpec("log.says", "Does the log say", {"about": ParameterSpec(tuple), "loud": ParameterSpec(bool, False)}),
    )
}

Write = Callable[..., Path]


@pytest.fixture
def catalogue() -> Mapping[str, CheckSpec]:
    """The checks that these playbooks know."""
    return CATALOGUE


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Puts playbooks on a shelf of their own: `write(name="text", ...)` gives the shelf."""

    def put(**files: str) -> Path:
        for name, text in files.items():
            (tmp_path / f"{name.replace('__', '.')}.yaml").write_text(dedent(text), encoding="utf-8")
        return tmp_path

    return put


@pytest.fixture
def shelf(write: Write) -> Path:
    """A folder with both playbooks."""
    return write(front=FRONT, back=BACK)


@pytest.fixture
def front(shelf: Path) -> Library:
    """The front playbook with the one that it hands over to."""
    return load.load("front", shelf=shelf)
