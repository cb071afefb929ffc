"""How one thread ends another's blocking wait."""

from __future__ import annotations

import os
import select
import weakref


class Wake:
    """A descriptor that becomes readable once, and stays so.

    It lives as long as the object: a late `set` can't write to a descriptor that is somebody else's by then.
    """

    def __init__(self) -> None:
        self.fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        weakref.finalize(self, os.close, self.fd)

    def fileno(self) -> int:
        return self.fd

    def set(self) -> None:
        """May be called from any thread, and twice."""
        os.eventfd_write(self.fd, 1)

    def wait(self, seconds: float) -> bool:
        """Whether it is set, waiting for it up to `seconds`."""
        poll = select.poll()
        poll.register(self.fd, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
