"""Says when something has come into a folder, or the permissions of something in it have changed (inotify).

A device's node comes late, and its permissions later: the kernel makes the node, udev gives it to its
group, then renames the links in by-id into place. Each of the three is told.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

IN_ATTRIB, IN_MOVED_TO, IN_CREATE = 0x4, 0x80, 0x100
"""inotify(7): permissions changed, renamed into the folder, made in the folder."""

CHUNK = 4096


class FolderWatch:
    """Readable when it is time to look again. Raises OSError where the kernel has no inotify left to give."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd: int = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")

    def fileno(self) -> int:
        return self.fd

    def arm(self) -> None:
        """Watch each folder, or the nearest above it while it isn't there. To be called before each look."""
        for folder in self._folders:
            any(self._add(each) for each in (folder, *folder.parents))

    def drain(self) -> None:
        """Forget what was told: a look sees everything."""
        try:
            while os.read(self.fd, CHUNK):
                pass
        except BlockingIOError:
            return

    def close(self) -> None:
        os.close(self.fd)

    def _add(self, folder: Path) -> bool:
        mask = IN_ATTRIB | IN_MOVED_TO | IN_CREATE
        return bool(self._libc.inotify_add_watch(self.fd, os.fsencode(folder), mask) >= 0)
