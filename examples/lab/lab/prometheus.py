"""A real Prometheus that scrapes all services under recording, and the export of one service's series."""

from __future__ import annotations

import asyncio
import json
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .case import LabError
from .wire import Client, ask_json

INTERVALS = (1, 2, 3, 5, 10, 15, 30)


@dataclass(slots=True)
class Prometheus:
    """The server on a port of loopback; targets come and go as files in `home`."""

    home: Path
    port: int
    process: asyncio.subprocess.Process | None = None

    async def start(self, program: str) -> None:
        """Write the configuration, start, and wait until it is ready."""
        for interval in INTERVALS:
            (self.home / f"{interval}s").mkdir(parents=True, exist_ok=True)
        config = self.home / "prometheus.yml"
        config.write_text(yaml.safe_dump({"scrape_configs": [self.job(i) for i in INTERVALS]}), encoding="utf-8")
        self.process = await asyncio.create_subprocess_exec(
            program, f"--config.file={config}", f"--storage.tsdb.path={self.home / 'data'}", "--log.level=error",
            f"--web.listen-address=127.0.0.1:{self.port}",
        )  # fmt: skip
        for _ in range(100):
            status, _body = await Client(self.port).request("GET", "/-/ready", timeout=2)
            if status == 200:
                return
            await asyncio.sleep(0.2)
        raise LabError(f"Prometheus is not ready on port {self.port}; is another one in the way?")

    def job(self, interval: int) -> dict[str, Any]:
        """One scrape configuration; its targets are the files of its folder."""
        files = [{"files": [str(self.home / f"{interval}s" / "*.json")], "refresh_interval": "1s"}]
        timing = {"scrape_interval": f"{interval}s", "scrape_timeout": f"{min(interval, 5)}s"}
        return {"job_name": f"every-{interval}s", **timing, "file_sd_configs": files}

    def target(self, key: str, interval: int, *, job: str, port: int, mode: str = "on") -> None:
        """Scrape a service ("on"), scrape a port where nobody listens ("failing"), or forget it ("off")."""
        labels = {"job": job, "instance": f"127.0.0.1:{port}"}
        entry = {"targets": [f"127.0.0.1:{port if mode == 'on' else 1}"], "labels": labels}
        path = self.home / f"{interval}s" / f"{key}.json"
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps([] if mode == "off" else [entry]), encoding="utf-8")
        draft.replace(path)

    async def types(self, port: int) -> dict[str, tuple[str, str]]:
        """Type and help of each family of one target."""
        match = urllib.parse.quote(f'{{instance="127.0.0.1:{port}"}}')
        answer = await ask_json(self.port, f"/api/v1/targets/metadata?match_target={match}")
        return {row["metric"]: (row["type"], row["help"]) for row in (answer or {}).get("data", [])}

    async def samples(self, port: int, start: float, end: float) -> list[dict[str, Any]]:
        """Raw samples of all series of one target: [{"metric": labels, "values": [[time, text]]}]."""
        query = urllib.parse.quote(f'{{instance="127.0.0.1:{port}"}}[{int(end - start)}s]')
        answer = await ask_json(self.port, f"/api/v1/query?query={query}&time={end:.3f}")
        if answer is None:
            raise LabError(f"Prometheus did not answer the export query for port {port}")
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def stop(self) -> None:
        """End the server."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
