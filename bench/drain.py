"""How fast a full outbox empties, at QoS 1 over loopback: the link, paho alone, mosquitto_pub, in turn."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench import place, report, sample, senders
from station.wiring import STORE
from tests.mosquitto import HOST, Mosquitto, found

EVENTS = 10_000
ROUNDS = 7
LIBRARY_ITEMS = 100


def run() -> None:
    with place.work_folder() as folder, Mosquitto(folder / "broker") as broker:
        broker.start()
        data = place.station_folder(folder, LIBRARY_ITEMS)
        sample.record(data / STORE, EVENTS)
        lines = _lines(data, folder / "lines")
        taken: dict[str, list[float]] = {"link": [], "paho": [], "mosquitto_pub": []}
        for number in range(ROUNDS):
            fresh = shutil.copytree(data, folder / f"round-{number}")
            taken["link"].append(_sender("link", fresh, broker.port))
            taken["paho"].append(_sender("paho", data, broker.port))
            taken["mosquitto_pub"].append(_mosquitto_pub(lines, broker.port))
    _report(taken)


def _report(taken: dict[str, list[float]]) -> None:
    rates = {name: EVENTS / median(seconds) for name, seconds in taken.items()}
    for name, rate in rates.items():
        report.say(f"{name}: {rate:,.0f} events a second")
    report.target("link to paho", rates["link"] / rates["paho"], low=0.8)
    report.say(f"link to mosquitto_pub -l: {rates['link'] / rates['mosquitto_pub']:.2f}")


def _lines(data: Path, path: Path) -> Path:
    """The payloads, one a line, for mosquitto_pub: it sends them all to one topic."""
    path.write_bytes(
        b"\n".join(payload for _, payload in senders.messages_of(senders.config_of(data))) + b"\n"
    )
    return path


def _sender(name: str, data: Path, port: int) -> float:
    command = (sys.executable, "-m", "bench.senders", name, str(data), str(port))
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def _mosquitto_pub(lines: Path, port: int) -> float:
    topic = senders.TOPICS.event("shelfpost.loan.borrowed.v1")
    options = ("-h", HOST, "-p", str(port), "-V", "5", "-q", "1", "-t", topic, "-l")
    with lines.open("rb") as payloads:
        began = time.monotonic()
        subprocess.run((found("mosquitto_pub"), *options), stdin=payloads, check=True)
        return time.monotonic() - began
