"""Settings from the environment, and a configuration file that can be reloaded while the service runs."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

DEFAULTS: dict[str, float | str] = {
    "revision": 41, "upstream.timeout_s": 3.0, "upstream.path": "/v1/quote", "pool.size": 8, "pool.timeout_s": 2.0,
    "cache.entries": 500, "cache.value_kb": 4, "workers": 32, "job.every_s": 45, "known_bad": 0,
}  # fmt: skip


@dataclass(slots=True)
class Settings:
    """Where things are, and the reloadable part of the configuration."""

    port: int
    seed: int
    version: str
    upstream: str
    resolver: str
    database: str
    data: Path
    authority: str | None
    token: str
    files: int
    config_file: Path | None
    config: dict[str, float | str] = field(default_factory=lambda: dict(DEFAULTS))

    def number(self, name: str) -> float:
        """One numeric setting."""
        return float(self.config[name])

    def load(self) -> list[str]:
        """Read the configuration file; returns what changed."""
        if not self.config_file or not self.config_file.exists():
            return []
        fresh = {**DEFAULTS, **json.loads(self.config_file.read_text())}
        changed = [f"{k}: {self.config.get(k)} -> {v}" for k, v in sorted(fresh.items()) if v != self.config.get(k)]
        self.config = fresh
        return changed

    def reload(self, log: logging.Logger) -> None:
        """Read the file again and say what changed."""
        log.info("configuration reloaded (%s)", "; ".join(self.load()) or "no change")


def from_environment() -> Settings:
    """What the LAB_* variables say: ports, places, the seed, the version, and how many files may be open."""
    env = os.environ
    data = Path(env.get("LAB_DATA", "."))
    settings = Settings(
        port=int(env["LAB_PORT"]), seed=int(env.get("LAB_SEED", "0")), version=env.get("LAB_VERSION", "3.4.0"),
        upstream=env.get("LAB_UPSTREAM", "http://127.0.0.1:9"), resolver=env.get("LAB_DNS", ""),
        database=env.get("LAB_DB", str(data / "depot.db")), data=data, authority=env.get("LAB_CA"),
        token=env.get("LAB_TOKEN", "t-1"), files=int(env.get("LAB_NOFILE", "0")),
        config_file=Path(env["LAB_CONFIG"]) if "LAB_CONFIG" in env else None,
    )  # fmt: skip
    settings.load()
    return settings
