"""Whether what is installed here would be gone after the next start."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def is_root_in_memory(proc: Path = PROC) -> bool:
    """Whether overlayroot keeps what is written to the root in memory, as with a read-only root.

    A container's root is an overlay too: the kernel's command line says whose this one is.
    """
    mounts = [line.split() for line in (proc / "mounts").read_text("utf-8", "replace").splitlines()]
    types = [words[2] for words in mounts if words[1:2] == ["/"]]
    words = (proc / "cmdline").read_text("utf-8", "replace").split()
    return types[-1:] == ["overlay"] and any(each.startswith("overlayroot=") for each in words)
