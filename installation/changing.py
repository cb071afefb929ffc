"""Which version runs: switched in one step, watched, and switched back by itself when it does not stay."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installation import Refused, keeping, places, say
from installation.layout import Layout
from installation.system import STAYS, State, System


def change(layout: Layout, system: System, old: Path, new: Path, start: bool = True) -> None:
    """Let `new` run in the place of `old`, which becomes the previous one.

    Raises Refused when the new one does not become ready and stay so; then the old one runs again.
    A station that was stopped on purpose stays so, and nothing is tried.
    """
    state = system.state() if start else State.STOPPED
    try:
        if state is State.STOPPED:
            activate(layout, system, new, old)
        else:
            _try(layout, system, old, new, state)
        layout.name("previous", old)
    finally:
        layout.prune()
    way_back = f"{old.name} is kept beside it; to go back: sudo make back"
    if state is State.STOPPED:
        say(f"{new.name} is in place and not started: sudo systemctl start shelfpost. {way_back}")
    else:
        say(f"{new.name} runs. {way_back}")


def activate(layout: Layout, system: System, version: Path, instead_of: Path | None) -> None:
    places.place(layout.root, version, instead_of)
    layout.name("current", version)
    system.settle()


def _try(layout: Layout, system: System, old: Path, new: Path, state: State) -> None:
    say(f"changing from {old.name} to {new.name}, which is watched for {STAYS:.0f} s")
    system.stop()
    kept = _keep(layout, system, old, state)
    try:
        activate(layout, system, new, old)
        trouble = system.start()
    except BaseException:
        _go_back(layout, system, old, new, kept)
        raise
    if trouble:
        say(f"{new.name} does not work: {trouble}")
        _go_back(layout, system, old, new, kept)
        raise Refused(f"{new.name} was not kept. {old.name} runs again, with the same configuration.")


def _keep(layout: Layout, system: System, old: Path, state: State) -> keeping.Kept | None:
    """Without a backup nothing is tried, but where the old version does not run anyhow."""
    try:
        return keeping.keep(layout, system, old)
    except Refused as error:
        if state is State.FAILS:
            say(f"{error} {old.name} does not run either, so the change goes on.")
            return None
        system.start()
        raise Refused(f"{error} Nothing was changed, and {old.name} runs again.") from error
    except BaseException:
        system.start()
        raise


def _go_back(layout: Layout, system: System, old: Path, new: Path, kept: keeping.Kept | None) -> None:
    """Raises Refused where the old version does not run either."""
    with _undisturbed():
        system.stop()
        activate(layout, system, old, new)
        keeping.bring_back(layout, system, old, kept)
        trouble = system.start()
    if trouble:
        raise Refused(f"{old.name} is in place again, but: {trouble}")
    say(f"{old.name} runs again")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Whoever is impatient must not be left with half of each version."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
