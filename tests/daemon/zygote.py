"""Starts `station run` by fork, from a process that has imported everything: a start costs milliseconds.

`python -m tests.daemon.zygote CONFIG` reads commands, one a line: `start` forks a station and answers its
process id; `reap` waits for it and answers how it ended. It has one thread, so that a fork is whole.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from tests.mosquitto import PATIENCE


class Zygote:
    """The other side of the commands: what a test holds."""

    def __init__(self, config: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.daemon.zygote", config],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._station = 0

    def __enter__(self) -> Zygote:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A station that is still there after a failure holds the other end of the pipe."""
        if self._station:
            os.kill(self._station, signal.SIGKILL)
        self._process.communicate(timeout=PATIENCE)

    def start(self) -> int:
        """Returns the station's process id."""
        self._station = int(self._ask("start"))
        return self._station

    def reap(self) -> int:
        """How the station ended: its exit status, or the signal's number, negative."""
        status = int(self._ask("reap"))
        self._station = 0
        return status

    def _ask(self, command: str) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


def serve(config: Path) -> None:
    import station.cli.run
    import station.daemon
    import station.drivers.lines
    import station.drivers.log_panel  # noqa: F401

    child = 0
    for command in sys.stdin.buffer:
        if command.strip() == b"start":
            child = os.fork()
            if child == 0:
                run(config)
            print(child, flush=True)
        else:
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def run(config: Path) -> None:
    """In the child: the command `station run`, from its first line to its exit status."""
    from station.__main__ import main

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(config.parent / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    faulthandler.enable()
    sys.argv = ["station", "--config", str(config), "run"]
    status: object = 70
    try:
        main()
    except SystemExit as end:
        status = end.code
    finally:
        os._exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
