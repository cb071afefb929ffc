"""The command line of scripts/install."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installation import Refused, build, changing, needs, places, say
from installation.layout import Layout
from installation.plan import CHECKOUT, Plan, chosen
from installation.system import System, running

DEBIANS = Path("/usr/bin/python3")
"""The Python whose packages include picamera2."""

NEXT = """\
Next: 1. scanner and pins: /etc/shelfpost/station.toml; after a change: sudo systemctl restart shelfpost
      2. make the library: sudo station library create --id oak --name "Oak School"
      3. add readers and books: sudo station reader add RD-1; sudo station item add BK-1. Then scan them."""


def main(words: list[str]) -> int:
    wanted = _wanted(words)
    os.umask(0o022)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    layout = Layout(wanted.destdir.resolve())
    try:
        _allowed(layout)
        with _only_one(layout):
            _do(wanted, layout, running(layout.root))
    except Refused as error:
        print(f"install: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("install: stopped. The version that ran before runs now.", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"install: {error.filename or 'a file'}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _wanted(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "install",
        description="Put this checkout's station beside the one that runs, change to it, and change back by"
        " itself if it does not become ready and stay so. Configuration and data are kept.",
    )
    parser.add_argument("--destdir", type=Path, default=Path("/"), metavar="DIR", help="the root of an image")
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="Python packages, in place of the network")
    parser.add_argument("--extras", metavar="A,B", help="what to install of gpio, backup, camera, serial")
    parser.add_argument("--python", type=Path, default=DEBIANS, metavar="FILE", help="Debian's")
    parser.add_argument("--no-start", action="store_true", help="leave it to systemd to start it next time")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--back", action="store_true", help="change to the version that ran before this one")
    other.add_argument("--uninstall", action="store_true", help="take the station off; keep what it knows")
    parser.add_argument("--purge", action="store_true", help="with --uninstall: what it knows goes too")
    return parser.parse_args(words)


def _do(wanted: argparse.Namespace, layout: Layout, system: System) -> None:
    if wanted.uninstall:
        uninstall(layout, system, wanted.purge)
    elif wanted.back:
        back(layout, system, not wanted.no_start)
    else:
        wheels = wanted.wheels.resolve() if wanted.wheels else None
        if wheels and not wheels.is_dir():
            raise Refused(f"--wheels: there is no folder {wheels}.")
        plan = Plan(layout, chosen(CHECKOUT, wanted.extras), wanted.python.absolute(), wheels)
        install(plan, system, not wanted.no_start)


def install(plan: Plan, system: System, start: bool) -> None:
    layout, old = plan.layout, plan.layout.current()
    needs.bring(plan)
    new = build.build(plan)
    if old:
        changing.change(layout, system, old, new, start)
        return
    _first_configuration(plan)
    changing.activate(layout, system, new, None)
    layout.prune()
    system.enable()
    trouble = system.start() if start else ""
    say(f"{new.name} is installed" + (f", but {trouble}" if trouble else "."))
    say(NEXT)
    if trouble:
        raise Refused("the station does not run yet. Mend what stands above; it need not be installed again.")


def _first_configuration(plan: Plan) -> None:
    """One that is there, from before or put there with the image, is the library's."""
    file = plan.layout.config / "station.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        shutil.copyfile(plan.checkout / "config/first.toml", file)
        file.chmod(0o640)


def back(layout: Layout, system: System, start: bool) -> None:
    current, previous = layout.current(), layout.previous()
    if current is None or previous is None:
        raise Refused("there is no version to go back to.")
    changing.change(layout, system, current, previous, start)


def uninstall(layout: Layout, system: System, purge: bool) -> None:
    """What the station knows, and how it is set, stays unless `purge`."""
    version = layout.current()
    if version is None and not purge:
        raise Refused("the station is not installed here.")
    system.disable()
    if version:
        places.take_away(layout.root, version)
    kept = [layout.config, layout.data]
    for each in [layout.home, layout.cache, *(kept if purge else ())]:
        shutil.rmtree(each, ignore_errors=True)
    system.forget(purge)
    say("the station is taken off." + ("" if purge else f" Kept: {' and '.join(map(str, kept))}."))


def _allowed(layout: Layout) -> None:
    if layout.root == Path("/") and os.geteuid() != 0:
        raise Refused("only root can do that: put sudo before it.")


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
