"""What goes onto the root and onto the boot partition."""

from __future__ import annotations

from pathlib import PurePosixPath

from imaging import cmdline, fragment, provision, readonly
from imaging.ext4 import Entry, Ext4
from imaging.fat import Fat
from imaging.provision import FIRMWARE
from imaging.source import CHECKOUT
from imaging.wishes import Wishes

UNIT = "shelfpost-first-boot.service"
WATCHDOG = "90-shelfpost.conf"
RADIO = "/var/lib/systemd/rfkill"
NETWORK_MANAGER = "/var/lib/NetworkManager/NetworkManager.state"


def on_root(system: Ext4, wished: Wishes) -> list[Entry]:
    units = PurePosixPath("/etc/systemd/system")
    conf = PurePosixPath("/etc/systemd/system.conf.d") / WATCHDOG
    watchdog = (CHECKOUT / "systemd" / "system.conf.d" / WATCHDOG).read_bytes()
    entries = [
        Entry(conf, 0o644, watchdog),
        Entry(units / UNIT, 0o644, (FIRMWARE / UNIT).read_bytes()),
        Entry(units / "multi-user.target.wants" / UNIT, target=f"../{UNIT}"),
    ]
    if wished.data_size is None:
        entries += wished.settings
    else:
        entries += readonly.on_root(system.read("/etc/fstab") or "")
    if wished.wifi:
        entries += radio_on(system)
    return entries


def radio_on(system: Ext4) -> list[Entry]:
    """Raspberry Pi OS keeps the radio off until a country is known; from now on one is."""
    state = "[main]\nNetworkingEnabled=true\nWirelessEnabled=true\nWWANEnabled=true\n"
    radios = [each for each in system.names(RADIO) if each.endswith(":wlan")]
    return [
        *(Entry(PurePosixPath(RADIO) / each, 0o644, b"0\n") for each in radios),
        Entry(PurePosixPath(NETWORK_MANAGER), 0o600, state.encode()),
    ]


def on_boot(boot: Fat, wished: Wishes, cloud: bool) -> None:
    words = cmdline.wished((FIRMWARE / "cmdline.txt").read_text("utf-8"))
    if wished.wifi:
        words.append(f"cfg80211.ieee80211_regdom={wished.wifi.country}")
    # An instance id here would count instead of the one in meta-data; a root that grew would meet the data.
    gone = ["ds"] * cloud + ["resize"] * (wished.data_size is not None)
    boot.write("cmdline.txt", cmdline.extended(boot.read("cmdline.txt"), words, gone))
    boot.write(fragment.NAME, fragment.for_pins((FIRMWARE / "config.txt").read_text("utf-8"), wished.panel))
    boot.write("config.txt", fragment.included(boot.read("config.txt")))
    if cloud:
        for name, text in provision.files(wished.person, wished.wifi).items():
            boot.write(name, text)
