"""Messages to templates, beside Drain3: how many a CPU second, and how right on Loghub-2k.

Run it as `python -m tests.benchmarks.patterns [--loghub FOLDER]`. Drain3 is left out when it is not installed
(`pip install drain3`). Grouping accuracy is the share of lines whose group holds all lines of one event and no others;
F1 is of groups that do.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import random
import sys
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from diagnose.signals.window import Window
from diagnose.sources.logs.levels import ERROR
from diagnose.sources.logs.merging import merged
from diagnose.sources.logs.patterns import Grouping
from diagnose.sources.logs.plans import Plan
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.tally import Tally
from diagnose.sources.logs.told import Told, Units

COUNT = 300_000
BLOCK = 5_000
LOGHUB = Path(__file__).resolve().parents[3] / "shared" / "data" / "logs" / "loghub"
MASKS = {
    "UUID": r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b",
    "IP": r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?",
    "HEX": r"0x[0-9a-fA-F]+",
    "NUM": r"(?<![A-Za-z0-9])[-+]?\d+(?:\.\d+)?(?![A-Za-z0-9])",
}
WHAT = ("order", "payment", "cart", "stock level", "invoice", "refund")
SAID = (
    "{what} {uuid} failed: dial tcp {ip}: connection refused",
    "{what} {number} timed out after {number}ms",
    "could not read {what} from /var/lib/shop/{hex}/{number}.json: permission denied",
    "{what} of customer{number}@mail.example was rejected",
    "checksum of {what} differs at 0x{hex}, expected {number}",
    'unexpected token "{hex}" in {what} {uuid}',
    "upstream {ip} answered {number} to {what} request {uuid}",
    "lock on {what} {number} held by worker-{number} for {number}s",
    "{what} version {number} is older than {number}",
    "lost {what} event {uuid} at offset {number}: broker {ip} is not the leader",
)
Grouper = Callable[[Sequence[str]], Iterable[Hashable]]


def messages() -> list[str]:
    """Errors of sixty templates."""
    dice = random.Random(9)
    return [
        dice.choice(SAID).format(
            what=dice.choice(WHAT),
            uuid=uuid.UUID(int=dice.getrandbits(128)),
            ip=f"10.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(256)}:{dice.randrange(1024, 65536)}",
            hex=f"{dice.getrandbits(32):08x}",
            number=dice.randrange(10_000),
        )
        for _ in range(COUNT)
    ]


def counted(texts: Sequence[bytes]) -> None:
    """Our own, as large logs are read: by their bytes, a block at a time."""
    told = Told(Tally(Window(0, 60)), lambda text: [Record(0.0, ERROR, text.decode())], Counter(), Plan((), 1))
    for start in range(0, len(texts), BLOCK):
        part = list(texts[start : start + BLOCK])
        count = len(part)
        level, apart = np.full(count, ERROR, np.int8), np.zeros(count, np.bool_)
        told.tell(Units(part, np.zeros(count), level, apart, np.ones(count, np.int64)))
    told.finish()


def grouped(texts: Sequence[str]) -> list[Hashable]:
    """Our own, one record at a time; the bucket of a message tells which it was."""
    grouping = Grouping(str)
    for index, text in enumerate(texts):
        grouping.add(Record(0.0, ERROR, text), 0.0, index, "")
    group_of = {index: number for number, group in enumerate(merged(grouping.groups)) for index in group.counts}
    return [group_of[index] for index in range(len(texts))]


def drain(texts: Sequence[str], *, masks: dict[str, str]) -> list[Hashable]:
    """Drain3's."""
    from drain3 import TemplateMiner
    from drain3.masking import MaskingInstruction
    from drain3.template_miner_config import TemplateMinerConfig

    chosen: Any = TemplateMinerConfig()
    chosen.profiling_enabled = False
    chosen.masking_instructions = [MaskingInstruction(pattern, name) for name, pattern in masks.items()]
    miner = TemplateMiner(config=chosen)
    return [miner.add_log_message(text)["cluster_id"] for text in texts]


def rate(run: Callable[[Sequence[Any]], object], texts: Sequence[Any]) -> float:
    """Messages a CPU second, the best of three."""
    spent = []
    for _ in range(3):
        begun = time.process_time()
        run(texts)
        spent.append(time.process_time() - begun)
    return len(texts) / min(spent)


def accuracy(found: Iterable[Hashable], truth: Iterable[str]) -> tuple[float, float]:
    """Grouping accuracy and F1 of groups."""
    groups: defaultdict[Hashable, set[int]] = defaultdict(set)
    events: defaultdict[str, set[int]] = defaultdict(set)
    for index, (group, event) in enumerate(zip(found, truth, strict=True)):
        groups[group].add(index)
        events[event].add(index)
    whole = {frozenset(event) for event in events.values()}
    right = [group for group in groups.values() if frozenset(group) in whole]
    lines = sum(len(event) for event in events.values())
    return sum(map(len, right)) / lines, 2 * len(right) / (len(groups) + len(events))


def main() -> None:
    """Prints one row a grouper."""
    options = argparse.ArgumentParser()
    options.add_argument("--loghub", type=Path, default=LOGHUB)
    tables = sorted(options.parse_args().loghub.glob("*/*_structured.csv"))
    texts = messages()
    raw = [text.encode() for text in texts]
    ways: dict[str, tuple[float, Grouper]] = {"ours": (rate(counted, raw), grouped)}
    if importlib.util.find_spec("drain3"):
        for name, masks in (("Drain3", {}), ("Drain3 with masks", MASKS)):
            peer = partial(drain, masks=masks)
            ways[name] = (rate(peer, texts), peer)
    for name, (speed, way) in ways.items():
        row = f"{name:20} {speed / 1e3:8.0f} k messages/s"
        scores = []
        for table in tables:
            rows = list(csv.DictReader(table.open()))
            scores.append(accuracy(way([each["Content"] for each in rows]), [each["EventId"] for each in rows]))
        if scores:
            row += "   grouping accuracy {:.3f}   F1 of groups {:.3f}".format(*np.mean(scores, axis=0))
        sys.stdout.write(row + "\n")


if __name__ == "__main__":
    main()
