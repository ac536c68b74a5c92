"""Any file gives a digest that adds up, and that can be told as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from diagnose.signals.window import Window
from diagnose.sources.logs import collect, span


def run(data: bytes) -> None:
    """Reads a file that holds the bytes."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "app.log"
        file.write_bytes(data)
        held = span([str(file)])
        window = Window(held[0], held[1] + 1) if held else Window(1.7e9, 1.8e9)
        digest, _ = collect([str(file)], window)
    assert digest is not None
    counted = sum(int(counts.sum()) for counts in digest.levels.values())
    assert counted == digest.sources[0].in_window == sum(pattern.count for pattern in digest.patterns)
    json.dumps([(p.template, p.examples, p.stack, dict(p.fields)) for p in digest.patterns], allow_nan=False).encode()
