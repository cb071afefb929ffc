"""Whom the station runs as, and what that user may do: the doctor is often somebody else, and root."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from pathlib import Path

from msgspec import Struct

STATION_USER = "shelfpost"
"""The user of the systemd unit."""

READ, WRITE, ENTER = 4, 2, 1


class Person(Struct, frozen=True):
    name: str
    uid: int
    groups: frozenset[int]

    def may(self, path: Path, wanted: int) -> bool:
        """By owner, group and mode of `path` itself. Raises OSError if it can't be looked at."""
        found = path.stat()
        if self.uid == 0:
            return True
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid in self.groups else 0
        return (stat.S_IMODE(found.st_mode) >> shift) & wanted == wanted

    def join(self, path: Path) -> str:
        """What lets this user use a device that its group may use."""
        return f"sudo usermod -aG {group_of(path)} {self.name}, and start the station again"


def me() -> Person:
    return _person(os.geteuid())


def station_user(name: str = STATION_USER) -> Person:
    """The unit's user where there is one; otherwise whoever asks."""
    try:
        return _person(pwd.getpwnam(name).pw_uid)
    except KeyError:
        return me()


def group_of(path: Path) -> str:
    number = path.stat().st_gid
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _person(uid: int) -> Person:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Person(str(uid), uid, frozenset(os.getgroups()))
    return Person(entry.pw_name, uid, frozenset(os.getgrouplist(entry.pw_name, entry.pw_gid)))
