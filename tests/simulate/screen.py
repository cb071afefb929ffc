"""The simulator's screen in a test: pressed and looked at, without a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.pilot import Pilot

from station.drivers import Clock
from station.simulate.app import Simulator
from station.simulate.rig import Plan

PATIENCE = 30.0


class Watched(Simulator):
    """Wakes whoever waits for something on the screen, each time that it may have changed."""

    def __init__(self, plan: Plan, clock: Clock) -> None:
        super().__init__(plan, clock)
        self.changed = asyncio.Event()

    def _look(self) -> None:
        super()._look()
        self.changed.set()

    def exit(self, *arguments: Any, **options: Any) -> None:
        super().exit(*arguments, **options)
        self.changed.set()


class Screen:
    def __init__(self, app: Watched, pilot: Pilot[Exception]) -> None:
        self.app = app
        self.press = pilot.press
        self.click = pilot.click
        self.lamps, self.scans, self.events = app.lamps, app.scans, app.events
        self.samples, self.line = app.samples, app.line

    async def until(self, condition: Callable[[], bool]) -> None:
        """Until `condition` holds, looking each time that something may have changed."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self.app.changed.clear()
                await self.app.changed.wait()

    async def until_ended(self) -> None:
        await self.until(lambda: self.app.return_code is not None)

    async def until_started(self) -> None:
        await self.until(lambda: self.samples.marked() is not None)

    async def scan(self, *keys: str) -> None:
        """Press `keys`, and wait until the scan that they make is answered."""
        before = len(self.scans.lines)
        await self.press(*keys)
        await self.until(lambda: len(self.scans.lines) > before and self.scans.lines[0].came is not None)

    def scanned(self) -> list[tuple[str, str | None]]:
        """Every scan and its answer, oldest first, without what the log says."""
        return [(each.text, each.came) for each in reversed(self.scans.lines) if each.text != "log"]

    @property
    def broker(self) -> str:
        """What the head line says of the broker: there, or away."""
        return str(self.app.broker.content).split()[1]


def play(
    plan: Plan,
    clock: Clock,
    scenario: Callable[[Screen], Awaitable[object]],
    size: tuple[int, int] = (120, 40),
) -> Exception | None:
    """Run the simulator with `scenario` at its keys; returns what ended it."""

    async def run() -> Exception | None:
        app = Watched(plan, clock)
        async with app.run_test(size=size) as pilot:
            screen = Screen(app, pilot)
            await screen.until_started()
            await scenario(screen)
            await pilot.press("ctrl+q")
            await screen.until_ended()
        return app.return_value

    return asyncio.run(run())
