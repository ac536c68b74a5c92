"""Coverage-guided fuzzing: `python -m tests.fuzz log_lines [SECONDS]`; what it finds is kept in `corpus/`.

A target is a module here with `run(data: bytes) -> None`, which raises when something is wrong, and a folder in
`corpus/` with a few small inputs to begin with.
"""

from __future__ import annotations

from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
TARGETS = sorted(folder.name for folder in CORPUS.iterdir() if folder.is_dir())
