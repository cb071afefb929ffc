"""A root that keeps what is written to it in memory is not installed to."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation import Refused, __main__
from installation.layout import Layout
from installation.overlay import is_root_in_memory

CARD = "/dev/mmcblk0p2 / ext4 rw,noatime 0 0\n"
OVERLAY = "overlayroot / overlay rw,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay 0 0\n"
WORD = "console=tty1 root=PARTUUID=1-02 rootwait overlayroot=tmpfs:recurse=0\n"


@pytest.mark.parametrize(
    ("mounts", "cmdline", "found"),
    [
        (CARD + OVERLAY, WORD, True),
        (CARD, WORD.replace(" overlayroot=tmpfs:recurse=0", ""), False),
        (CARD, WORD, False),
        (OVERLAY.replace("overlayroot", "overlay"), "console=tty1\n", False),
        ("overlay /var/lib/docker overlay rw 0 0\n" + CARD, WORD, False),
    ],
    ids=["read-only root", "a card", "overlayroot that failed", "a container", "an overlay elsewhere"],
)
def test_a_root_in_memory_is_told_from_others(tmp_path: Path, mounts: str, cmdline: str, found: bool) -> None:
    (tmp_path / "mounts").write_text(mounts)
    (tmp_path / "cmdline").write_text(cmdline)
    assert is_root_in_memory(tmp_path) is found


def test_an_install_into_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(__main__, "is_root_in_memory", lambda: True)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    __main__._allowed(Layout(tmp_path))
    with pytest.raises(Refused, match=r"gone after the next start.* docs/image\.md"):
        __main__._allowed(Layout(Path("/")))
