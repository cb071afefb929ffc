"""The three things that can be asked for: put the station on, go back a version, take it off."""

from __future__ import annotations

import shutil
from pathlib import Path

from installation import Refused, build, changing, needs, places, say
from installation.layout import Layout
from installation.plan import Plan
from installation.system import State, System

NEXT = """\
Next: 1. scanner and pins: /etc/shelfpost/station.toml; sudo systemctl restart shelfpost; sudo station doctor
      2. scan the library's join code, or: sudo station library create --id oak --name "Oak School"
      3. add readers and books: sudo station reader add RD-1; sudo station item add BK-1. Then scan them."""


def install(plan: Plan, system: System, start: bool) -> None:
    """Raises Refused where the new version can't be built, or does not run."""
    needs.bring(plan)
    new = build.build(plan)
    first_configuration(plan)
    if old := plan.layout.current():
        changing.change(plan.layout, system, old, new, start)
    else:
        begin(plan.layout, system, new, start)


def begin(layout: Layout, system: System, new: Path, start: bool) -> None:
    """The first version of this machine. Raises Refused where it does not run."""
    changing.activate(layout, system, new, None)
    layout.prune()
    system.enable()
    trouble = system.start() if start else ""
    say(f"{new.name} is installed. {_how_it_is(system, trouble)}".rstrip())
    say(NEXT)
    if trouble:
        raise Refused(f"the station does not run yet: {trouble}")


def _how_it_is(system: System, trouble: str) -> str:
    if trouble:
        return ""
    if system.state() is State.RUNS:
        return "Until it has a library, it is locked: the red lamp."
    return "It starts with the machine."


def first_configuration(plan: Plan) -> None:
    """One that is there, from before or put there with an image, is the library's."""
    file = plan.layout.config / "station.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        shutil.copyfile(plan.checkout / "config/first.toml", file)
        file.chmod(0o640)


def back(layout: Layout, system: System, start: bool) -> None:
    """Raises Refused where there is no version to go back to, or it does not run."""
    current, previous = layout.current(), layout.previous()
    if current is None or previous is None or current == previous:
        raise Refused("there is no version to go back to.")
    changing.change(layout, system, current, previous, start)


def uninstall(layout: Layout, system: System, purge: bool) -> None:
    """What the station knows, and how it is set, stays unless `purge`. Raises Refused where there is none."""
    version, kept = layout.current(), (layout.config, layout.data)
    if version is None and not purge:
        raise Refused("the station is not installed here.")
    system.disable()
    if version:
        places.take_away(layout.root, version)
    for each in (layout.versions, layout.cache, *(kept if purge else ())):
        shutil.rmtree(each, ignore_errors=True)
    layout.forget_names()
    system.forget(purge)
    say("the station is taken off." + ("" if purge else f" Kept: {' and '.join(map(str, kept))}."))
