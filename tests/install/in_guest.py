"""A station's life on a machine that runs systemd: put on, brought up to date, gone back, taken off.

Runs as root in a guest or on a spare machine, since it installs for real:
    python3 -m tests.install.in_guest CHECKOUT WHEELS
WHEELS is a folder with all Python packages, made on a machine like it, from the checkout:
    pip wheel --constraint constraints.txt --wheel-dir WHEELS '.[gpio,serial]' hatchling
The header's chip must be there (gpio-sim will do). Needs Python's own library alone.
"""

from __future__ import annotations

import json
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.install.installed import (
    CONFIG,
    DATA,
    HOME,
    WORK,
    Guest,
    asked,
    asked_of_unit,
    files,
    runs,
    until,
    versions,
)

DIES_AT_START = ("station/service.py", "    _check(config)\n", "    sys.exit(1)\n")
DIES_LATER = (
    "station/daemon.py",
    '            log.info("ready")\n',
    '            log.info("ready")\n'
    '            __import__("threading").Timer(3, __import__("os")._exit, [1]).start()\n',
)
NEWER_FORM = (
    "station/store/schema.py",
    '"""The n-th brings a file from version n',
    'MIGRATIONS += (lambda connection: None,)\n"""The n-th brings a file from version n',
)
LENDS_AND_DIES = (
    "station/service.py",
    "        same_library(config, store)\n",
    "        store.close()\n"
    '        subprocess.run([sys.argv[0], "item", "add", "BK-2"], check=True)\n'
    "        sys.exit(1)\n",
)


def check(checkout: Path, wheels: Path) -> str:
    """What was seen, in a line. Raises AssertionError."""
    before = files()
    guest = Guest(checkout, wheels)
    steps: list[Callable[[Guest], None]] = [
        it_is_put_on_and_waits_for_a_library,
        a_scanner_has_a_name_that_stays_and_no_seat,
        root_leaves_no_file_of_its_own,
        an_upgrade_keeps_the_old_version_and_the_configuration,
        a_version_that_dies_at_start_is_not_kept,
        a_version_that_is_ready_and_dies_is_not_kept,
        a_store_in_a_newer_form_is_restored,
        no_loan_is_lost_for_going_back,
        the_previous_version_can_be_taken_back,
    ]
    for each in steps:
        began = time.monotonic()
        each(guest)
        print(f"{each.__name__} ({time.monotonic() - began:.0f} s)", flush=True)
    _taken_off(guest, before)
    return f"{len(steps) + 2} steps of a station's life"


def it_is_put_on_and_waits_for_a_library(guest: Guest) -> None:
    assert guest.install("1.0") == 0, guest.said
    assert "Next: 1." in guest.said and "3. " in guest.said
    assert runs() == "1.0-1"
    assert CONFIG.stat().st_mode & 0o777 == 0o640 and CONFIG.group() == "shelfpost"
    assert asked("systemctl", "is-enabled", "shelfpost.service", "shelfpost-backup.timer").split() == [
        "enabled",
        "enabled",
    ]
    groups = {"shelfpost", "input", "gpio", "dialout", "video"}
    assert set(asked("id", "-Gn", "shelfpost").split()) == groups


def a_scanner_has_a_name_that_stays_and_no_seat(guest: Guest) -> None:
    """And the station, as its own user and with the devices that its unit allows, takes it."""
    plug = (
        "from evdev import UInput as U; device = U({1: range(1, 128)}, name='Acme BARCODE Reader'); input()"
    )
    python = str(HOME / "current/bin/python")
    with subprocess.Popen([python, "-c", plug], stdin=subprocess.PIPE, text=True) as typist:
        until("scanner evdev-1 is there")
        said = asked("udevadm", "info", "/dev/input/shelfpost-scanner")
        typist.communicate("\n")
    assert "E: LIBINPUT_IGNORE_DEVICE=1" in said, said
    tags = [line for line in said.splitlines() if "CURRENT_TAGS" in line]
    assert not any(tag in line for line in tags for tag in ("seat", "power-switch", "uaccess")), said


def root_leaves_no_file_of_its_own(guest: Guest) -> None:
    """And root's commands read and write where root may, as in somebody's home."""
    home = Path("/var/tmp/somebody")
    home.mkdir(mode=0o700)
    shutil.copy(CONFIG, home / "elsewhere.toml")
    for words in (
        "library create --id oak --name 橡树",
        "reader add RD-1001",
        "item add BK-1 --title 红楼梦",
    ):
        assert guest.run("station", *words.split()) == 0, guest.said
    assert guest.run("station", "--config", f"{home}/elsewhere.toml", "backup", str(home)) == 0, guest.said
    assert list(home.glob("*.backup"))
    shutil.rmtree(home)
    strangers = [each for each in (DATA, *DATA.rglob("*")) if each.owner() != "shelfpost"]
    assert strangers == []
    assert "红楼梦" in asked("station", "item", "list")
    assert guest.run("setpriv", "--reuid=nobody", "--clear-groups", "station", "item", "list") == 78
    assert "use sudo" in guest.said


def an_upgrade_keeps_the_old_version_and_the_configuration(guest: Guest) -> None:
    with CONFIG.open("a", encoding="utf-8") as file:
        file.write("# 阅览室\n")
    assert guest.install("1.1") == 0, guest.said
    assert runs() == "1.1-2"
    assert versions() == {"1.0-1", "1.1-2"}
    assert CONFIG.read_text("utf-8").endswith("# 阅览室\n")
    assert CONFIG.stat().st_mode & 0o777 == 0o640 and CONFIG.group() == "shelfpost"


def a_version_that_dies_at_start_is_not_kept(guest: Guest) -> None:
    assert guest.install("1.2", DIES_AT_START) != 0
    assert "did not reach ready" in guest.said, guest.said
    _went_back()


def a_version_that_is_ready_and_dies_is_not_kept(guest: Guest) -> None:
    assert guest.install("1.2", DIES_LATER) != 0
    assert "was ready and did not stay" in guest.said, guest.said
    _went_back()


def a_store_in_a_newer_form_is_restored(guest: Guest) -> None:
    assert guest.install("1.2", DIES_LATER, NEWER_FORM) != 0
    assert "restored shelfpost-oak-" in guest.said, guest.said
    _went_back()
    epochs = {event["epoch"] for event in json.loads(asked("station", "event", "list", "--json"))}
    assert len(epochs) == 2, "a restored store has a new epoch"


def no_loan_is_lost_for_going_back(guest: Guest) -> None:
    """What the desk did meanwhile is only in the newer store: a person decides, by what is told."""
    assert guest.install("1.2", LENDS_AND_DIES, NEWER_FORM) != 0
    assert "no loan is lost" in guest.said, guest.said
    assert (HOME / "current").readlink().name == "1.1-2"
    assert asked_of_unit("ActiveState") == "inactive"
    told = guest.said.split("`sudo ")[1].split("`")[0].split()
    assert told[:2] == ["station", "restore"]
    assert guest.run(*told) == 0, guest.said
    assert guest.run("systemctl", "start", "shelfpost") == 0, guest.said
    _went_back()


def the_previous_version_can_be_taken_back(guest: Guest) -> None:
    assert guest.run("make", "-C", str(WORK), "back") == 0, guest.said
    assert runs() == "1.0-1"
    assert versions() == {"1.0-1", "1.1-2"}


def _taken_off(guest: Guest, before: set[Path]) -> None:
    assert guest.run("make", "-C", str(WORK), "uninstall") == 0, guest.said
    left = files() - before
    strange = {each for each in left if not each.is_relative_to(DATA) and each.parent != CONFIG.parent}
    assert strange - {CONFIG.parent} == set(), strange
    assert CONFIG.read_text("utf-8").endswith("# 阅览室\n") and (DATA / "station.db").exists()
    assert guest.run("make", "-C", str(WORK), "uninstall", "PURGE=1") == 0, guest.said
    assert files() - before == set(), files() - before
    assert "shelfpost" not in {each.pw_name for each in pwd.getpwall()}


def _went_back() -> None:
    assert runs() == "1.1-2"
    assert versions() == {"1.0-1", "1.1-2"}
    assert CONFIG.read_text("utf-8").endswith("# 阅览室\n")
    assert [each["id"] for each in json.loads(asked("station", "item", "list", "--json"))] == ["BK-1"]
    assert all(each.owner() == "shelfpost" for each in DATA.rglob("*"))


if __name__ == "__main__":
    print("passed:", check(Path(sys.argv[1]), Path(sys.argv[2])))
