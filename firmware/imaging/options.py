"""What build-image is told, checked before anything is written."""

from __future__ import annotations

import argparse
import re
import zoneinfo
from pathlib import Path

from imaging.provision import Wifi
from imaging.tools import MIB, Trouble

DESCRIPTION = """Put the station, its settings and its first boot into an image of Raspberry Pi OS, without
booting it. STOCK is left as it is; it may be packed as .xz. Neither root nor a loop device is needed."""
HOSTNAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
STATION = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)
USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.ASCII)
SIZE = re.compile(r"(\d{1,5})([MG])", re.ASCII)
KEY = re.compile(r"(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]+( .*)?")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser("build-image", description=DESCRIPTION, allow_abbrev=False)
    add = made.add_argument
    add("stock", metavar="STOCK", type=Path, help="an image of Raspberry Pi OS Lite, .img or .img.xz")
    add("out", metavar="OUT", type=Path, nargs="?", help="the image to make; default: STOCK with -shelfpost")
    add("--config", metavar="PATH", type=Path, help="a station.toml, or a folder with one and what it names")
    add("--id", metavar="ID", help="without --config: the station's id (its machine's, or its join code's)")
    add(
        "--scanner",
        metavar="NAME",
        help="without --config: the scanner's name, or vendor:product (any scanner)",
    )
    add("--hostname", metavar="NAME", help="the name in the network; default: the station's id, or shelfpost")
    add("--timezone", metavar="ZONE", default="Etc/UTC", help="as in Asia/Shanghai (Etc/UTC)")
    add("--user", metavar="NAME", default="keeper", help="the account for whoever looks after it (keeper)")
    add("--ssh-key", metavar="FILE", type=Path, help="public keys that may log in; without any, nobody may")
    add("--wifi-ssid", metavar="NAME", help="a wireless network")
    add("--wifi-password-file", metavar="FILE", type=Path, help="its password, in the file's first line")
    add("--wifi-country", metavar="CC", help="where the station stands, as in CN: the radio needs it")
    add(
        "--packages",
        metavar="FOLDER",
        type=Path,
        help="wheels and .deb files, so that the first boot needs no network",
    )
    add("--read-only-root", action="store_true", help="a read-only root, and the data on its own partition")
    add("--data-size", metavar="SIZE", help="that partition's size, as in 512M or 4G (1G)")
    return made


def out(stock: Path, given: Path | None) -> Path:
    """Where the image goes. Raises Trouble where something is already."""
    plain = stock.with_suffix("") if stock.suffix == ".xz" else stock
    path = given or plain.with_name(f"{plain.stem}-shelfpost.img")
    if path.exists():
        raise Trouble(f"{path}: is there already, and is left alone; remove it, or name another")
    if not path.parent.is_dir():
        raise Trouble(f"{path.parent}: is no folder")
    return path


def named(option: str, value: str, pattern: re.Pattern[str], allowed: str) -> str:
    if not pattern.fullmatch(value):
        raise Trouble(f"{option} {value}: may hold {allowed}")
    return value


def size(text: str | None) -> int:
    """Bytes. Raises Trouble below 64 MiB, where ext4's journal leaves little, and for what is no size."""
    found = SIZE.fullmatch(text or "1G")
    unit = {"M": MIB, "G": 1024 * MIB}
    if not found or int(found[1]) * unit[found[2]] < 64 * MIB:
        raise Trouble(f"--data-size {text}: is a number with M or G behind it, 64M at least")
    return int(found[1]) * unit[found[2]]


def timezone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise Trouble(f"--timezone {name}: is not one; they are named as in Asia/Shanghai") from None
    return name


def keys(file: Path | None) -> tuple[str, ...]:
    """The public keys of a file, as in ~/.ssh/id_ed25519.pub or authorized_keys."""
    if file is None:
        return ()
    text = _text("--ssh-key", file)
    if "PRIVATE KEY" in text:
        raise Trouble(f"--ssh-key {file}: is the private key, which stays with you: take {file.name}.pub")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines or not all(KEY.fullmatch(each) for each in lines):
        raise Trouble(f"--ssh-key {file}: is not a public key as ssh-keygen makes it")
    return tuple(lines)


def wifi(ssid: str | None, password_file: Path | None, country: str | None) -> Wifi | None:
    """The network, if one is named. Raises Trouble for half of what it takes."""
    if ssid is None and password_file is None and country is None:
        return None
    if ssid is None or password_file is None or country is None:
        raise Trouble(
            "--wifi-ssid, --wifi-password-file and --wifi-country belong together: all three or none"
        )
    password = (_text("--wifi-password-file", password_file).splitlines() or [""])[0]
    if not 1 <= len(_utf8("--wifi-ssid", ssid)) <= 32:
        raise Trouble("--wifi-ssid: has 1 to 32 bytes")
    if not re.fullmatch(r"[ -~]{8,63}", password):
        raise Trouble(f"--wifi-password-file {password_file}: its first line has 8 to 63 letters of ASCII")
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise Trouble(f"--wifi-country {country}: is two capital letters, as in CN")
    return Wifi(ssid, password, country)


def _utf8(option: str, value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise Trouble(f"{option}: is not UTF-8; type it at a terminal that is") from None


def _text(option: str, file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{option} {file}: {getattr(error, 'strerror', None) or 'is not text'}") from None
