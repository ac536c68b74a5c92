"""Real concurrency bugs: is anything stuck, where, and how."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from diagnose.checks.profiles.stuck import stuck
from diagnose.sources.profiles.files import read
from score.figures import share
from score.public.result import Figure, Result, percent

KINDS = {"Resource Deadlock": {"deadlock"}, "Communication Deadlock": {"leak"}}
FORMS = {
    "one goroutine profile": ("goroutine.late.pb.gz",),
    "one dump as text": ("goroutine.late.debug2.txt",),
    "two goroutine profiles": ("goroutine.early.pb.gz", "goroutine.late.pb.gz"),
}


def bugs(folder: Path) -> Result:
    """Goroutine profiles alone, in three forms."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    figures: list[Figure] = []
    wrong: list[str] = []
    for form, files in FORMS.items():
        seen = {name: judged(folder / name, label, files) for name, label in sorted(labels.items())}
        ill = [one for one in seen.values() if one[3]]
        often = Counter(bool(label["stuck_sites"]) for label in labels.values()).most_common(1)[0][1]
        figures += [
            Figure(f"stuck or not, {form}", share(one[0] for one in seen.values()), percent(often / len(labels))),
            Figure(f"the stuck function named, {form}", share(one[1] for one in ill), "–"),
            Figure(f"leak or deadlock, {form}", share(one[2] for one in ill), percent(0.5)),
        ]
        wrong += [
            f"`{name}`, {form}" for name, one in seen.items() if not one[0] or (one[3] and not (one[1] and one[2]))
        ]
    return Result("goroutine-bugs", tuple(figures), wrong)


def judged(folder: Path, label: dict[str, object], files: tuple[str, ...]) -> tuple[bool, bool, bool, bool]:
    """Whether stuck was right, the function was right, the kind was right, and whether anything is stuck at all."""
    verdict = stuck([read(str(folder / name)) for name in files])
    sites = label["stuck_sites"]
    functions = {site["function"] for site in sites} if isinstance(sites, list) else set()
    says = verdict.kind != "none" and bool(verdict.stuck)
    named = any(group.function in functions for group in verdict.stuck)
    kinds = KINDS.get(str(label["type"]), {"leak", "deadlock"})
    return says == bool(functions), named, verdict.kind in kinds, bool(functions)
