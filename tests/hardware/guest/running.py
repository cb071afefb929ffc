"""The real command, `station run`, with evdev scanners and the gpio panel."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tests.hardware.guest.talk import PANEL, PATIENCE, SILENCE_MS, Talk


class Station(Talk):
    """A station with a library of its own, in `folder`. `scanners` are the layouts by the scanners' names.

    `more` goes on with its configuration, in the section of the panel.
    """

    def __init__(self, scanners: Mapping[str, str], folder: Path | None = None, more: str = "") -> None:
        made = Path(tempfile.mkdtemp(prefix="station-"))
        config = made / "station.toml"
        super().__init__([sys.executable, "-m", "station", "--config", str(config)], scanners)
        self.folder = folder or made / "data"
        self._scanners = tuple(scanners)
        sections = "".join(
            f'[[scanner]]\ndriver = "evdev"\nname = "{name}"\nmatch = "{name}"\nlayout = "{layout}"\n'
            f"silence_ms = {SILENCE_MS}\n"
            for name, layout in scanners.items()
        )
        about = f'[station]\nid = "desk_1"\ndata_dir = "{self.folder}"\n'
        config.write_text(about + sections + PANEL + more, encoding="utf-8")
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Station:
        """Returns when the station is in service and reads every scanner."""
        self._process = subprocess.Popen([*self.words, "run"], stderr=subprocess.PIPE, text=True)
        assert self._process.stderr
        self.listen(self._process.stderr)
        for _ in ("ready", *self._scanners):
            self.until("(ready|scanner .* is there)$")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self.runs():
            self.stop()

    def runs(self) -> bool:
        """Whether it is the process that was started last."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> int:
        """The exit status, after SIGTERM."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)
