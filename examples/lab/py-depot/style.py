"""What varies with the seed besides the words: log format, wording of messages, style of metrics."""

from __future__ import annotations

import random
from dataclasses import dataclass

_LOG_FORMATS = (
    "%(asctime)s %(levelname)s [%(threadName)s] %(name)s: %(message)s",
    "%(asctime)s - %(name)s - %(levelname)s - %(message)s",
    "[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s",
    "%(levelname)s:%(name)s:%(asctime)s: %(message)s",
    "%(asctime)s|%(levelname)-8s|%(name)s|%(message)s",
)

_MESSAGES = {
    "failed": ("%s %s failed: %s", "unhandled error on %s %s: %s", "could not serve %s %s (%s)"),
    "slow": ("slow request: %s %s took %.2fs", "%s %s exceeded the budget: %.2f s", "request %s %s was slow (%.3fs)"),
    "pool": (
        "timed out after %.1fs waiting for a database connection (size %d, in use %d)",
        "QueuePool limit reached, connection timed out, timeout %.2f, size %d, checked out %d",
        "no free database connection within %.1f s: pool of %d, %d taken",
    ),
    "upstream": ("call to routing failed: %s", "routing unavailable: %s", "upstream routing error: %s"),
    "job": ("manifest job finished: %d rows in %.2fs", "cron manifest: processed=%d seconds=%.2f",
            "manifest run done, %d items, %.2f s"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """One service's habits; the same seed gives the same. `brief`: expected failures are logged without a traceback."""

    log_format: str
    metrics: int
    access_log: bool
    brief: bool
    messages: dict[str, str]


def draw(seed: int) -> Style:
    """The habits of one seed."""
    rng = random.Random(f"style-{seed}")
    return Style(
        log_format=_LOG_FORMATS[seed % len(_LOG_FORMATS)], metrics=seed % 3,
        access_log=seed % 4 != 3, brief=seed % 2 == 0,
        messages={role: rng.choice(texts) for role, texts in _MESSAGES.items()},
    )  # fmt: skip
