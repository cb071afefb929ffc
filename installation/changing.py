"""Which version runs: switched in one step, watched, and switched back by itself when it does not stay."""

from __future__ import annotations

from pathlib import Path

from installation import Refused, keeping, places, say
from installation.layout import Layout
from installation.system import STAYS, System


def change(layout: Layout, system: System, old: Path, new: Path, start: bool = True) -> None:
    """Let `new` run in the place of `old`, which becomes the previous one.

    Raises Refused when the new one does not become ready and stay so; then the old one runs again.
    A station that was stopped on purpose stays so, and nothing is tried.
    """
    wanted = start and system.is_wanted()
    if wanted:
        _try(layout, system, old, new)
    else:
        activate(layout, system, new, old)
        say(f"{new.name} is installed; to start it: sudo systemctl start shelfpost")
    layout.name("previous", old)
    layout.prune()
    if wanted:
        say(f"{new.name} runs; {old.name} is kept beside it (to go back: sudo make back)")


def activate(layout: Layout, system: System, version: Path, instead_of: Path | None) -> None:
    places.place(layout.root, version, instead_of)
    layout.name("current", version)
    system.settle()


def _try(layout: Layout, system: System, old: Path, new: Path) -> None:
    say(f"changing from {old.name} to {new.name}; it is watched for {STAYS:.0f} s")
    system.stop()
    try:
        kept = keeping.keep(layout, system, old)
    except BaseException:
        system.start()
        raise
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


def _go_back(layout: Layout, system: System, old: Path, new: Path, kept: keeping.Kept | None) -> None:
    """Raises Refused where the old version does not run either."""
    system.stop()
    activate(layout, system, old, new)
    layout.prune()
    keeping.bring_back(layout, system, old, kept)
    if trouble := system.start():
        raise Refused(f"{old.name} is in place again, but: {trouble}")
