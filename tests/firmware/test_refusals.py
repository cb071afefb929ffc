"""What build-image can't do it says in words, and leaves nothing behind."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.disks import small_disk
from tests.firmware.card import build, refused
from tests.firmware.stock import BOOT_SIZE, BOOT_START, ROOT, make, run


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path) -> Iterator[None]:
    yield
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(("out", "stock.img.part"))] == []


def test_no_file_a_folder_an_empty_file_and_text_are_no_images(tmp_path: Path) -> None:
    out = tmp_path / "out.img"
    empty, text = tmp_path / "empty.img", tmp_path / "text.img"
    empty.touch()
    text.write_text("not an image\n" * 1000)
    assert "No such file" in refused(tmp_path / "none.img", out)
    assert "directory" in refused(tmp_path, out)
    assert "no partition table" in refused(empty, out)
    assert "no partition table" in refused(text, out)


def test_other_archives_are_named_with_what_unpacks_them(tmp_path: Path) -> None:
    packed = tmp_path / "image.img.gz"
    packed.write_bytes(gzip.compress(b"image"))
    assert f"gunzip -k {packed}" in refused(packed, tmp_path / "out.img")


def test_an_archive_that_was_cut_short_is_found_out(packed: Path, tmp_path: Path) -> None:
    whole = packed.read_bytes()
    packed.write_bytes(whole[: len(whole) // 2])
    assert "cut short" in refused(packed, tmp_path / "out.img")
    packed.write_bytes(whole[:300] + bytes(300) + whole[600:])
    assert "damaged" in refused(packed, tmp_path / "out.img")


def test_a_download_that_was_cut_short_is_found_out(image: Path) -> None:
    with image.open("r+b") as file:
        file.truncate(BOOT_START + BOOT_SIZE)
    assert "cut short" in refused(image, image.with_name("out.img"))


def test_one_partition_is_too_few(image: Path) -> None:
    run("sfdisk", "-q", "--delete", image, "2")
    assert "has 1 partition" in refused(image, image.with_name("out.img"))


def test_other_file_systems_are_named(image: Path) -> None:
    spoil(image, BOOT_START, 512)
    assert "partition 1 is not FAT" in refused(image, image.with_name("out.img"))


def test_a_root_that_is_no_ext4_is_named(image: Path) -> None:
    spoil(image, BOOT_START + BOOT_SIZE, 2048)
    assert "partition 2 is not ext4" in refused(image, image.with_name("out.img"))


def test_a_gpt_is_not_a_card_of_a_pi(image: Path) -> None:
    run("sfdisk", "-q", "--wipe", "always", image, stdin=b"label: gpt\n,10M\n,\n")
    assert "gpt" in refused(image, image.with_name("out.img"))


def test_a_root_with_a_fault_is_not_written_to(image: Path) -> None:
    spoil(image, BOOT_START + BOOT_SIZE + 1024 + 0x10, 8)
    assert "e2fsck" in refused(image, image.with_name("out.img"))


def test_a_root_without_a_system_is_named(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = make(tmp_path / "other", {"etc/passwd": "", "etc/fstab": ""})
    assert "no /usr/lib/os-release" in refused(other, tmp_path / "out.img")


def test_a_full_disk_is_told_and_left_as_it_was(image: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    with small_disk(small, 256):
        assert f"{small}: no room for the image" in refused(image, small / "out.img")
        assert list(small.iterdir()) == []


def test_a_root_in_which_a_folder_is_a_file_is_not_called_ready(tmp_path: Path) -> None:
    """debugfs ends with 0 whatever fails."""
    (tmp_path / "odd").mkdir()
    odd = make(tmp_path / "odd", ROOT | {"opt/shelfpost": "a file"})
    assert "writing into the image" in refused(odd, tmp_path / "out.img")


def test_an_older_system_is_named(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    root = {name: text for name, text in ROOT.items() if "python" not in name}
    root |= {"usr/lib/os-release": 'PRETTY_NAME="Raspbian 11 (bullseye)"\n', "usr/lib/python3.9/os.py": ""}
    assert "Raspbian 11 (bullseye)" in refused(make(tmp_path / "old", root), tmp_path / "out.img")


def test_what_is_there_already_is_left_alone(image: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.img"
    there.write_text("mine")
    assert "is there already" in refused(image, there)
    assert "is there already" in refused(image, image)
    assert there.read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--hostname", "Not_A_Name"], "a to z, 0 to 9 and -"),
        (["--hostname", "-x"], "expected one argument"),
        (["--id", "Desk 1"], "--id Desk 1"),
        (["--user", "root;"], "--user"),
        (["--timezone", "Mars/Olympus"], "Asia/Shanghai"),
        (["--timezone", "../../etc/passwd"], "Asia/Shanghai"),
        (["--scanner", 'a"b'], "no scanner's name"),
        (["--wifi-ssid", "school"], "all three"),
        (["--ssh-key", "/nonexistent"], "No such file"),
        (["--packages", "/nonexistent"], "is no folder"),
        (["--config", "/nonexistent"], "not found"),
        (["--config", "/", "--id", "desk_1"], "go without --config"),
    ],
)
def test_a_wrong_option_is_told_before_a_copy_is_made(pristine: Path, words: list[str], said: str) -> None:
    done = build(pristine, *words)
    assert done.returncode in {1, 2}
    assert said in done.stderr and "copying" not in done.stderr and "Traceback" not in done.stderr


def test_settings_that_cannot_be_read_are_named(image: Path) -> None:
    """This one gives EIO, to root too."""
    assert refused(image, "--config", "/proc/self/mem").endswith(
        "/proc/self/mem: Input/output error; root may read it"
    )


def test_a_network_whose_name_is_not_utf_8_is_refused(image: Path, tmp_path: Path) -> None:
    password, name = tmp_path / "wifi", os.fsdecode("图书馆".encode("gbk"))
    password.write_text("12345678")
    words = ("--wifi-ssid", name, "--wifi-password-file", password, "--wifi-country", "CN")
    assert "--wifi-ssid: is not UTF-8" in refused(image, *words)


def test_a_private_key_stays_where_it_is(image: Path, tmp_path: Path) -> None:
    key = tmp_path / "id_ed25519"
    key.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")
    assert "take id_ed25519.pub" in refused(image, "--ssh-key", key)
    key.write_bytes(b"\xff\xfe\x00")
    assert "is not text" in refused(image, "--ssh-key", key)
    key.write_text("hello\n")
    assert "not a public key" in refused(image, "--ssh-key", key)


def test_settings_that_no_station_could_run_with_are_told_all_at_once(image: Path, tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text('[station]\nid = "Desk"\n[panel]\ndriver = "gpio"\n')
    said = refused(image, "--config", file)
    assert "station.toml" in said
    file.write_text('[station]\nid = "desk"\n')
    assert "nothing could be scanned" in refused(image, "--config", file)


def test_a_file_that_the_settings_name_has_to_be_beside_them(image: Path, tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text(
        '[station]\nid = "desk"\n'
        '[broker]\nhost = "b"\nusername = "u"\npassword_file = "/etc/shelfpost/secret"\n'
        'join_username = "j"\njoin_password_file = "/etc/shelfpost/join"\n'
        '[[scanner]]\ndriver = "evdev"\nmatch = "x"\n'
        '[panel]\ndriver = "gpio"\ngreen = 1\namber = 2\nred = 3\nbuzzer = 4\n'
    )
    done = build(image, "--config", file)
    assert "names secret" in done.stderr and "names join" in done.stderr


def test_wheels_for_another_python_or_machine_are_named(image: Path, tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    folder.mkdir()
    assert "holds no .whl" in refused(image, "--packages", folder)
    fine = ["a-1-py3-none-any.whl", "b-1-cp313-cp313-linux_aarch64.whl", "c_1_arm64.deb", "d_1_all.deb"]
    fine += ["e-1-cp39-abi3-manylinux_2_17_aarch64.manylinux2014_aarch64.whl"]
    wrong = ["f-1-cp311-cp311-manylinux_2_17_aarch64.whl", "g-1-cp313-cp313-manylinux_2_17_x86_64.whl"]
    wrong += ["h_1_amd64.deb", "i.whl"]
    for name in (*fine, *wrong):
        (folder / name).touch()
    assert refused(image, image.with_name("out.img"), "--packages", folder).endswith(": " + ", ".join(wrong))


def spoil(image: Path, at: int, size: int) -> None:
    with image.open("r+b") as file:
        file.seek(at)
        file.write(bytes(size))
