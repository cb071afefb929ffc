"""What cloud-init reads from the boot partition: user-data, meta-data and network-config."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from string import Template

FIRMWARE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Wifi:
    ssid: str
    password: str
    country: str

    @property
    def key(self) -> str:
        """IEEE 802.11i, H.4: PBKDF2 of the password, with the network's name as salt."""
        return hashlib.pbkdf2_hmac("sha1", self.password.encode(), self.ssid.encode(), 4096, 32).hex()


@dataclass(frozen=True)
class Person:
    """Who the machine is, and who may log in to it."""

    hostname: str
    user: str
    keys: tuple[str, ...]
    timezone: str


def files(person: Person, wifi: Wifi | None) -> dict[str, str]:
    """The three files by name. The same wishes make the same files, and the same instance."""
    user = user_data(person)
    network = network_config(wifi)
    instance = "shelfpost-" + hashlib.sha256(f"{user}\0{network}".encode()).hexdigest()[:12]
    return {
        "user-data": user,
        "network-config": network,
        "meta-data": _filled("meta-data", instance=instance),
    }


def user_data(person: Person) -> str:
    return _filled(
        "user-data",
        hostname=_yaml(person.hostname),
        user=_yaml(person.user),
        keys="but keys" if person.keys else "and no key either, so nobody logs in",
        keylist=f"    ssh_authorized_keys: {_yaml(person.keys)}\n" if person.keys else "",
        timezone=_yaml(person.timezone),
        ssh="enable" if person.keys else "disable",
    )


def network_config(wifi: Wifi | None) -> str:
    text = _filled("network-config")
    if wifi:
        text += _filled(
            "network-config.wifi", ssid=_yaml(wifi.ssid), key=wifi.key, country=_yaml(wifi.country)
        )
    return text


def _filled(name: str, **values: str) -> str:
    return Template((FIRMWARE / name).read_text("utf-8")).substitute(values)


def _yaml(value: object) -> str:
    """JSON is YAML, and its quotation marks hold whatever a network may be called, be it `on` or `0123`."""
    return json.dumps(value, ensure_ascii=False)
