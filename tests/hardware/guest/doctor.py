"""What `station doctor` sees of real devices: free, held by the station, held by somebody else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.hardware.guest.header import PINS
from tests.hardware.guest.running import Station
from tests.hardware.guest.typist import Typist

CHIP = "/dev/gpiochip0"


def check(_count: int) -> str:
    station = Station({"counter": "us"})
    with Typist("counter") as scanner:
        station.stock(["RD-1"], ["BK-1"])
        _finds(station, _free(scanner))
        with _held(scanner):
            _finds(station, _taken(scanner))
        with station:
            _finds(station, _the_stations(scanner))
        _finds(station, _free(scanner))
    _finds(station, ["wrong scanner: counter: no input device matches 'counter'"])
    return "scanner and pins: free, another program's, the station's, gone"


def _free(scanner: Typist) -> list[str]:
    reads = f"ok scanner: counter: {scanner.path} is there, and nobody else reads it"
    return [reads, f"ok panel: {CHIP} is the chip", *(_line("ok", name, "free") for name in PINS)]


def _taken(scanner: Typist) -> list[str]:
    grabbed = f"wrong scanner: counter: {scanner.path}: another program has grabbed it"
    return [grabbed, _line("wrong", "buzzer", "in use by 'lg'"), _line("ok", "green", "free")]


def _the_stations(scanner: Typist) -> list[str]:
    reads = f"ok scanner: counter: {scanner.path} is there, and the running station reads it"
    return [reads, *(_line("ok", name, "in use by 'lg', while the station runs") for name in PINS)]


def _line(status: str, name: str, what: str) -> str:
    return f"{status} panel: {name} on GPIO {PINS[name]}: {what}"


@contextmanager
def _held(scanner: Typist) -> Iterator[None]:
    """Somebody else has the scanner and the buzzer."""
    import lgpio
    from evdev import InputDevice

    device = InputDevice(scanner.path)
    device.grab()
    chip = lgpio.gpiochip_open(0)
    lgpio.gpio_claim_output(chip, PINS["buzzer"])
    yield
    lgpio.gpiochip_close(chip)
    device.close()


def _finds(station: Station, expected: list[str]) -> None:
    """Each of `expected` is among what the command finds."""
    words = [*station.words, "doctor", "--json"]
    said = subprocess.run(words, check=False, stdout=subprocess.PIPE, text=True).stdout
    found = [f"{each['status']} {each['check']}: {each['found']}" for each in json.loads(said)]
    missing = [each for each in expected if each not in found]
    assert not missing, f"missing: {missing}; found: {found}"
