"""What cloud-init is told: as cloud-init itself reads it, where it is installed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.firmware.card import Card, build, built
from tests.firmware.stock import BOOT, ROOT, make, run

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ5dGVz keeper@school"


@pytest.fixture
def everything(image: Path, tmp_path: Path) -> Card:
    key, password = tmp_path / "key.pub", tmp_path / "wifi"
    key.write_text(f"# the teacher's\n{KEY}\n")
    password.write_text("password\n")
    wifi = ("--wifi-ssid", "IEEE", "--wifi-password-file", password, "--wifi-country", "CN")
    words = ("--hostname", "reading-room", "--timezone", "Asia/Shanghai", "--user", "wang")
    return built(image, "--ssh-key", key, *wifi, *words)


def test_the_machine_has_a_name_an_account_and_a_time_zone(everything: Card) -> None:
    told = user_data(everything)
    assert (told["hostname"], told["timezone"]) == ("reading-room", "Asia/Shanghai")
    (user,) = told["users"]
    assert (user["name"], user["lock_passwd"], user["ssh_authorized_keys"]) == ("wang", True, [KEY])
    assert told["runcmd"] == [["systemctl", "enable", "--now", "ssh"]]
    assert told["ssh_pwauth"] is False


@pytest.mark.parametrize("name", ["101", "0x1f", "on", "null", "1e3"])
def test_a_name_that_looks_like_something_else_is_a_name(image: Path, name: str) -> None:
    told = user_data(built(image, "--hostname", name, "--user", "yes"))
    assert (told["hostname"], told["users"][0]["name"]) == (name, "yes")


def test_without_a_key_nobody_logs_in(image: Path) -> None:
    told = user_data(built(image))
    assert told["hostname"] == "shelfpost"
    assert told["users"][0]["lock_passwd"] is True and "ssh_authorized_keys" not in told["users"][0]
    assert told["runcmd"] == [["systemctl", "disable", "--now", "ssh"]]


def test_the_network_is_there_and_its_password_is_not(everything: Card) -> None:
    """The key is the example of IEEE 802.11i, annex H.4.3: the network IEEE with the password "password"."""
    network = yaml.safe_load(everything.boot("network-config"))["network"]
    wifi = network["wifis"]["wlan0"]
    key = "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"
    assert (wifi["access-points"], wifi["regulatory-domain"]) == ({"IEEE": {"password": key}}, "CN")
    assert network["ethernets"]["eth0"]["optional"] is True


def test_a_network_may_have_any_name(image: Path, tmp_path: Path) -> None:
    password, name = tmp_path / "wifi", '学校: "1" #'
    password.write_text("12345678")
    card = built(image, "--wifi-ssid", name, "--wifi-password-file", password, "--wifi-country", "CN")
    (found,) = yaml.safe_load(card.boot("network-config"))["network"]["wifis"]["wlan0"]["access-points"]
    assert found == name


def test_the_radio_is_on_in_the_country_that_was_named(everything: Card) -> None:
    assert everything.boot("cmdline.txt").endswith(" cfg80211.ieee80211_regdom=CN\n")
    assert everything.text("/var/lib/systemd/rfkill/platform-3f300000.mmcnr:wlan") == "0\n"
    assert "WirelessEnabled=true" in everything.text("/var/lib/NetworkManager/NetworkManager.state")


def test_without_a_network_the_radio_stays_as_it_was(image: Path) -> None:
    card = built(image)
    assert "regdom" not in card.boot("cmdline.txt")
    assert card.text("/var/lib/NetworkManager/NetworkManager.state").endswith("WirelessEnabled=false\n")


def test_cloud_init_counts_another_wish_as_another_instance(image: Path) -> None:
    """instance-id, with a hyphen: the stock file's instance_id is a word that cloud-init does not know."""
    one, other = built(image).image.rename(image.with_name("one.img")), built(image, "--hostname", "other")
    ids = [yaml.safe_load(card.boot("meta-data"))["instance-id"] for card in (Card(one), other)]
    assert ids[0] != ids[1]


def test_an_instance_id_on_the_command_line_gives_way(image: Path) -> None:
    line = BOOT["cmdline.txt"].replace("rootwait", "rootwait ds=nocloud;i=rpi-imager-1 panic=0")
    run("mcopy", "-o", "-i", f"{image}@@{4 * 1024 * 1024}", "-", "::cmdline.txt", stdin=line.encode())
    words = built(image).boot("cmdline.txt").split()
    assert [each for each in words if each.startswith(("ds=", "panic="))] == ["panic=10"]


@pytest.mark.skipif(shutil.which("cloud-init") is None, reason="cloud-init is not here")
def test_cloud_init_has_nothing_to_say_about_user_data(everything: Card, tmp_path: Path) -> None:
    file = tmp_path / "user-data"
    file.write_text(everything.boot("user-data"))
    assert "Valid" in run("cloud-init", "schema", "--config-file", file)


def test_a_system_without_cloud_init_gets_the_station_and_a_word_about_the_rest(tmp_path: Path) -> None:
    bookworm = make(tmp_path, {name: text for name, text in ROOT.items() if "cloud" not in name})
    done = build(bookworm, tmp_path / "out.img")
    assert done.returncode == 0 and "has no cloud-init" in done.stderr
    assert Card(tmp_path / "out.img").boot("user-data") == BOOT["user-data"]


def user_data(card: Card) -> dict[str, Any]:
    text = card.boot("user-data")
    assert text.startswith("#cloud-config\n")
    told: dict[str, Any] = yaml.safe_load(text)
    return told
