"""Commands of `station` that are killed before the n-th thing that they do to a file, or after a time.

`python -m tests.kill_points` has everything imported and forks for each command: a run costs milliseconds.
It has one thread, so that a fork is whole.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import count
from types import TracebackType

from tests.mosquitto import PATIENCE

TOUCHES = frozenset(
    f"os.{each}" for each in ("rename", "remove", "link", "mkdir", "rmdir", "chmod", "chown", "truncate")
) | {"open", "shutil.rmtree", "sqlite3.connect"}
"""Python's audit events for what is done to a file."""
KILLED = -signal.SIGKILL


class Killer:
    """The other side: what a test holds."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill_points"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> Killer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=PATIENCE)

    def run(self, *words: str, point: int = 0, seconds: float = 0.0, under: str = "") -> int:
        """Run a command, killed at that point or after so many seconds; 0: never. Returns how it ended.

        Points are counted for what has `under` in its path.
        """
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps([words, point, seconds, under]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def serve() -> None:
    import station.backup.make
    import station.backup.restore
    import station.cli.backup
    import station.cli.library_join
    import station.cli.restore
    import station.joining.guest
    import station.joining.settle  # noqa: F401

    for line in sys.stdin.buffer:
        words, point, seconds, under = json.loads(line)
        child = os.fork()
        if child == 0:
            run(words, point, seconds, under)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def run(words: list[str], point: int, seconds: float, under: str) -> None:
    """In the child: the command, from its first line to its exit status."""
    from station.__main__ import main

    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    sys.argv = ["station", *words]
    touched = count(1)

    def touch(event: str, arguments: tuple[object, ...]) -> None:
        if event in TOUCHES and under in str(arguments[0]) and next(touched) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(touch)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    status: object = 70
    try:
        main()
    except SystemExit as end:
        status = end.code
    finally:
        os._exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    serve()
