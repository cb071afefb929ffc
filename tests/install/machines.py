"""A machine for tests: real folders, and a service that is well or fails as the test says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from installation import places
from installation.layout import Layout
from installation.plan import CHECKOUT
from installation.system import State


class FakeMachine:
    """`fails` names the versions that do not run, and why. `does` is what a version does at its start."""

    def __init__(self, layout: Layout, state: State = State.RUNS) -> None:
        self._layout = layout
        self._state = state
        self.fails: dict[str, str] = {}
        self.does: dict[str, Callable[[], None]] = {}
        self.seen: list[str] = []

    def settle(self) -> None:
        self.seen.append("settle")

    def enable(self) -> None:
        self.seen.append("enable")

    def disable(self) -> None:
        self.seen.append("disable")

    def state(self) -> State:
        return self._state

    def stop(self) -> None:
        self.seen.append("stop")

    def start(self) -> str:
        current = self._layout.current()
        assert current
        self.seen.append(f"start {current.name}")
        self.does.get(current.name, lambda: None)()
        return self.fails.get(current.name, "")

    def station(self, version: Path, *words: str) -> str:
        """The real command, whatever the version: it has the form of store that this checkout has."""
        config = self._layout.root / "station.toml"
        config.write_text(f'[station]\nid = "desk_1"\ndata_dir = "{self._layout.data}"\n', encoding="utf-8")
        command = [sys.executable, "-m", "station", "--config", str(config), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stderr.strip() if done.returncode else ""

    def forget(self, purge: bool) -> None:
        self.seen.append(f"forget {purge}")


def version(layout: Layout, name: str, unit: str = "") -> Path:
    """A version's folder, with `unit` as its service where that is given."""
    made = layout.versions / name
    places.collect(CHECKOUT, made)
    if unit:
        (made / "system" / places.UNITS / "shelfpost.service").write_text(unit)
    return made
