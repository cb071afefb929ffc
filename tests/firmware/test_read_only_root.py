"""--read-only-root: the data on a partition of their own, and what a root needs that is never written to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.firmware.card import MIB, Card, built, refused
from tests.firmware.stock import BOOT, ROOT, run

WORDS = ("--read-only-root", "--data-size", "100M", "--id", "desk_7")
FILE, FOLDER = ("100644", "0", "0"), ("040755", "0", "0")


@pytest.fixture(scope="module")
def card(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Card:
    folder = tmp_path_factory.mktemp("read_only")
    return built(Path(shutil.copy(pristine, folder / "stock.img")), *WORDS)


def test_the_data_has_a_sound_partition_of_the_size_that_was_asked_for(card: Card) -> None:
    boot, root, data = card.partitions()
    assert data == (boot[0] + boot[1] + root[1], 100 * MIB)
    assert "Filesystem volume name:   shelfpost\n" in card.ask("stats", 3)
    assert card.is_sound()


def test_settings_lie_where_a_join_can_write_them(card: Card) -> None:
    assert card.listed("/etc/shelfpost") == {}
    assert card.listed("/config", 3) == {"station.toml": FILE}
    assert 'id = "desk_7"' in card.text("/config/station.toml", 3)
    assert {"config", "data", "clock"} <= set(card.listed("/", 3))


def test_fstab_mounts_the_data_by_label_and_shows_each_folder_in_its_place(card: Card) -> None:
    """By label: Raspberry Pi OS may give the disk, and so each partition, another id at its first boot."""
    fstab = card.text("/etc/fstab")
    assert fstab.startswith(ROOT["etc/fstab"])
    mounts = [line.split() for line in fstab.removeprefix(ROOT["etc/fstab"]).splitlines()]
    mounts = [words for words in mounts if words and words[0] != "#"]
    assert [words[:3] for words in mounts] == [
        ["LABEL=shelfpost", "/srv/shelfpost", "ext4"],
        ["/srv/shelfpost/config", "/etc/shelfpost", "none"],
        ["/srv/shelfpost/data", "/var/lib/shelfpost", "none"],
        ["/srv/shelfpost/clock", "/var/lib/systemd/timesync", "none"],
    ]
    assert all("nofail" in words[3].split(",") and len(words) == 6 for words in mounts)
    for words in mounts:
        path = Path(words[1])
        assert card.listed(str(path.parent))[path.name] == FOLDER


def test_the_root_keeps_its_size_on_the_card_and_has_room_for_upgrades(card: Card) -> None:
    assert card.boot("cmdline.txt") == BOOT["cmdline.txt"].replace(" resize", "").rstrip() + " panic=10\n"
    assert card.partitions()[1][1] > 1024 * MIB


def test_journal_and_swap_know_that_the_root_is_in_memory(card: Card) -> None:
    assert "Storage=volatile" in card.text("/etc/systemd/journald.conf.d/90-shelfpost.conf")
    assert "Mechanism=zram" in card.text("/etc/rpi/swap.conf.d/90-shelfpost.conf")


def test_systemd_does_not_fail_at_remounting_a_root_in_memory(card: Card) -> None:
    drop_in = card.text("/etc/systemd/system/systemd-remount-fs.service.d/90-shelfpost.conf")
    assert "ConditionKernelCommandLine=!overlayroot" in drop_in.splitlines()


def test_building_it_again_changes_nothing(card: Card, tmp_path: Path) -> None:
    once = tmp_path / "once.img"
    run("cp", "--sparse=always", card.image, once)
    again = built(once, *WORDS)
    run("cmp", card.image, again.image)


def test_an_image_with_a_data_partition_is_not_built_as_one_without(card: Card, tmp_path: Path) -> None:
    assert "--read-only-root" in refused(card.image, tmp_path / "out.img")


def test_a_third_partition_of_somebody_else_is_left_alone(image: Path) -> None:
    with image.open("r+b") as file:
        file.truncate(image.stat().st_size + 8 * MIB)
    run("sfdisk", "-q", "--append", image, stdin=b"type=83\n")
    assert "not for a station's data" in refused(image, "--read-only-root")


def test_a_size_goes_with_a_data_partition_alone(image: Path) -> None:
    assert "--read-only-root" in refused(image, "--data-size", "1G")
    assert "64M at least" in refused(image, "--read-only-root", "--data-size", "10M")
    assert "M or G" in refused(image, "--read-only-root", "--data-size", "viel")
