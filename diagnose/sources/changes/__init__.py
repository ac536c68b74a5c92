"""Changes of the world: lists of deploys, Kubernetes objects and events, commits of a repository."""

from __future__ import annotations

from collections.abc import Sequence

from diagnose.signals.changes import Change
from diagnose.signals.evidence import Gap
from diagnose.signals.window import Window


def collect(places: Sequence[str], repository: str, window: Window) -> tuple[tuple[Change, ...], tuple[Gap, ...]]:
    """What files and a repository tell of the window; nobody needs to name any."""
    from diagnose.sources.changes import files, git

    listed, gaps = files.collect(places, window)
    commits, missed = git.collect(repository, window) if repository else ((), ())
    return (*listed, *commits), (*gaps, *missed)
