"""The command line of scripts/install."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installation import Refused, installing
from installation.layout import Layout
from installation.overlay import is_root_in_memory
from installation.plan import CHECKOUT, EXTRAS, Plan, chosen
from installation.system import System, running

DEBIANS_PYTHON = Path("/usr/bin/python3")
"""The Python whose packages include picamera2."""


def main(words: list[str]) -> int:
    wanted = _wanted(words)
    os.umask(0o022)
    _heed_signals()
    layout = Layout(wanted.destdir.resolve())
    try:
        _allowed(layout)
        with _only_one(layout):
            _do(wanted, layout, running(layout.root))
    except Refused as error:
        print(f"install: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("install: stopped before its end; run it again to finish.", file=sys.stderr)
        return 130
    except OSError as error:
        print(
            f"install: {error.filename or 'a file'}: {error.strerror}. Mend that, then run it again.",
            file=sys.stderr,
        )
        return 1
    return 0


def _heed_signals() -> None:
    """A line that drops must not stop half an upgrade; who stops it on purpose gets the old version back."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _wanted(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "install",
        description="Put this checkout's station beside the one that runs, change to it, and change back by"
        " itself if it does not become ready and stay so. Configuration and data are kept.",
    )
    parser.add_argument("--destdir", type=Path, default=Path("/"), metavar="DIR", help="the root of an image")
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="Python packages, in place of the network")
    parser.add_argument("--extras", metavar="A,B", help=f"which of {', '.join(EXTRAS)} (default: all)")
    parser.add_argument(
        "--python",
        type=Path,
        default=DEBIANS_PYTHON,
        metavar="FILE",
        help="what the station runs with (default: Debian's)",
    )
    parser.add_argument("--no-start", action="store_true", help="leave it to systemd to start it next time")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--back", action="store_true", help="change to the version that ran before this one")
    other.add_argument("--uninstall", action="store_true", help="take the station off; keep what it knows")
    parser.add_argument("--purge", action="store_true", help="with --uninstall: what it knows goes too")
    return parser.parse_args(words)


def _do(wanted: argparse.Namespace, layout: Layout, system: System) -> None:
    if wanted.purge and not wanted.uninstall:
        raise Refused("--purge goes with --uninstall. Nothing was changed.")
    if wanted.uninstall:
        installing.uninstall(layout, system, wanted.purge)
    elif wanted.back:
        installing.back(layout, system, not wanted.no_start)
    else:
        wheels = wanted.wheels.resolve() if wanted.wheels else None
        if wheels and not wheels.is_dir():
            raise Refused(f"--wheels: there is no folder {wheels}.")
        plan = Plan(layout, chosen(CHECKOUT, wanted.extras), wanted.python.absolute(), wheels)
        installing.install(plan, system, not wanted.no_start)


def _allowed(layout: Layout) -> None:
    if not layout.root.is_dir():
        raise Refused(f"--destdir: there is no folder {layout.root}.")
    if layout.root == Path("/") and os.geteuid() != 0:
        raise Refused("only root can do that: put sudo before it.")
    if layout.root == Path("/") and is_root_in_memory():
        raise Refused(
            "this machine's root is read-only, and what is written to it is gone after the next start."
            " docs/image.md, A read-only root, says how to upgrade it. Nothing was changed."
        )


@contextmanager
def _only_one(layout: Layout) -> Iterator[None]:
    lock = layout.root / "run/shelfpost-install.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("another install is running; wait for it.") from None
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
