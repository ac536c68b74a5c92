"""Open-loop load: requests arrive at random moments at a rate that waves and steps may change."""

from __future__ import annotations

import asyncio
import math
import random
import time
from dataclasses import dataclass, field
from typing import Any

from .wire import Client

MOST_AT_ONCE = 300
LATE_S = 0.1


@dataclass(slots=True)
class Load:
    """What drives a service: base rate (requests a second), a sine wave on it, and a factor that steps change."""

    port: int
    routes: list[dict[str, Any]]
    rps: float
    wave: float = 0.0
    wave_s: float = 90.0
    seed: int = 1
    factor: float = 1.0
    goal: float = 1.0
    ramp_s: float = 0.0
    ticks: int = 0
    late: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def steer(self, factor: float, *, ramp_s: float = 0.0) -> None:
        """Go to `factor` times the base rate, over `ramp_s` seconds."""
        self.goal, self.ramp_s = factor, ramp_s

    @property
    def disturbed(self) -> bool:
        """Whether the machine was so busy that one tick in fifty came late: latencies then tell of the neighbours."""
        return self.late * 50 > self.ticks

    def rate(self, elapsed: float, step: float) -> float:
        """Requests a second at this moment; moves the factor by what `step` seconds allow."""
        reach = step / self.ramp_s if self.ramp_s else 1.0
        self.factor += (self.goal - self.factor) * min(1.0, reach * 2)
        return self.rps * self.factor * (1 + self.wave * math.sin(2 * math.pi * elapsed / self.wave_s))

    async def drive(self) -> None:
        """Send requests until cancelled."""
        dice, client, began, step = random.Random(self.seed), Client(self.port), time.monotonic(), 0.05
        weights = [route.get("weight", 1) for route in self.routes]
        due = began
        while True:
            due += step
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.ticks += 1
            self.late += time.monotonic() - due > LATE_S
            for _ in range(poisson(dice, self.rate(due - began, step) * step)):
                route = dice.choices(self.routes, weights)[0]
                self.send(client, route, dice)

    def send(self, client: Client, route: dict[str, Any], dice: random.Random) -> None:
        """Start one request unless too many are waiting already."""
        if len(self.tasks) >= MOST_AT_ONCE:
            return
        path = str(route["path"])
        while "{n}" in path:
            path = path.replace("{n}", str(dice.randint(1, 220)), 1)
        task = asyncio.create_task(once(client, route.get("method", "GET"), path, str(route.get("body", "")).encode()))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


async def once(client: Client, method: str, path: str, body: bytes) -> None:
    """One request; the answer does not matter."""
    await client.request(method, path, body=body)


def poisson(dice: random.Random, mean: float) -> int:
    """A Poisson-distributed number (Knuth's product method, fine for small means)."""
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count += 1
        product *= dice.random()
    return count
