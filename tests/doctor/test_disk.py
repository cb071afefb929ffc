from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from station.doctor import disk as module
from station.doctor.disk import Mount, disk, mount_of
from station.doctor.place import Place
from tests.disks import read_only, small_disk
from tests.doctor.places import NOBODY, judged, place, said


@pytest.fixture
def here(tmp_path: Path) -> Place:
    made = place(tmp_path)
    made.data_dir.mkdir()
    return made


@pytest.fixture(autouse=True)
def on_ext4(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever the tests' own folder is on."""
    mounts(monkeypatch, tmp_path, "ext4")


def mounts(monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str) -> None:
    monkeypatch.setattr(module, "mount_of", lambda _: Mount(folder, kind, "rw"))


def test_folder_with_room_is_written_to_and_left_as_it_was(here: Place) -> None:
    room, written = disk(here)
    assert room.status == "ok" and "MB free of" in room.found and "ext4 at" in room.found
    assert (written.status, written.found) == ("ok", f"{here.data_dir} was written, and synced to the disk")
    assert list(here.data_dir.iterdir()) == []


def test_folder_that_is_not_there_yet_is_a_warning(tmp_path: Path) -> None:
    assert said(disk(place(tmp_path))) == [("warning", f"there is no folder {tmp_path}/data yet")]


@pytest.mark.parametrize(
    ("kind", "status", "part"),
    [
        ("tmpfs", "warning", "is in memory (tmpfs)"),
        ("overlay", "warning", "is on an overlay"),
        ("vfat", "warning", "is on vfat, which a power cut can damage"),
        ("nfs4", "wrong", "is on nfs4: over a network"),
    ],
)
def test_file_system_that_does_not_keep_loans_is_said(
    here: Place, monkeypatch: pytest.MonkeyPatch, kind: str, status: str, part: str
) -> None:
    mounts(monkeypatch, here.data_dir, kind)
    first = next(iter(disk(here)))
    assert first.status == status and part in first.found


def test_disk_in_memory_that_is_full_is_said_to_be_both(here: Place) -> None:
    with small_disk(here.data_dir, 1_000):
        (here.data_dir / "fill").write_bytes(b"x" * 1_000 * 1_024)
        assert judged(disk(here)) == ["wrong", "wrong"]
        assert mount_of(here.data_dir).kind == "tmpfs"
        assert "can't be written: No space left on device" in list(disk(here))[1].found


def test_disk_that_does_not_sync_is_wrong(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    assert said(disk(here))[1] == ("wrong", f"{here.data_dir} can't be written: Input/output error")
    assert list(here.data_dir.iterdir()) == []


def test_disk_that_has_become_read_only_is_said_to_be_failing(here: Place) -> None:
    with read_only(here.data_dir):
        finding = list(disk(here))[1]
    assert finding.found == f"{here.data_dir} can't be written: Read-only file system"
    assert finding.do.startswith("A card that has become read-only is failing")


def test_disk_with_little_room_is_a_warning(here: Place) -> None:
    with small_disk(here.data_dir, 100_000):
        assert judged(disk(here)) == ["warning", "ok"]


def test_folder_that_the_station_may_not_write_to_is_wrong(tmp_path: Path) -> None:
    here = place(tmp_path, user=NOBODY)
    here.data_dir.mkdir(mode=0o755)
    finding = list(disk(here))[1]
    assert finding.found == f"the station's user nobody may not write to {here.data_dir}"
    assert finding.do == f"sudo chown -R nobody: {here.data_dir}"


MOUNTS = r"""
30 22 0:26 / /run rw,nosuid - tmpfs tmpfs rw,size=90M
22 1 179:2 / / rw,relatime shared:1 - ext4 /dev/root rw
31 22 8:1 / /media/my\040disk rw - vfat /dev/sda1 rw
32 31 0:99 / /media/my\040disk rw - ext4 /dev/sdb1 rw
33 22 8:2 / /med rw - xfs /dev/sdc1 rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/shelfpost", "ext4"),
        ("/run/shelfpost", "tmpfs"),
        ("/media/my disk/data", "ext4"),
        ("/media/x", "ext4"),
        ("/runner", "ext4"),
    ],
)
def test_file_system_of_a_folder_is_the_nearest_above_it(tmp_path: Path, folder: str, kind: str) -> None:
    (tmp_path / "mounts").write_text(MOUNTS.lstrip())
    assert mount_of(Path(folder), tmp_path / "mounts").kind == kind
