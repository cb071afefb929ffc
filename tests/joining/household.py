"""Two stations and their broker, and what a test asks of them."""

from __future__ import annotations

import json
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec import structs

from station.config import load
from station.joincode import read, write
from station.store import Store
from station.wiring import open_store
from tests.consumer import Consumer
from tests.daemon.process import Process
from tests.mosquitto import HOST, PATIENCE, Mosquitto
from tests.stores import LIBRARY

PASSWORDS = {"central": "c", "stations": "st secret", "join": "j&/?", "desk_2": "two"}
CENTRAL = ("central", PASSWORDS["central"])
IMAGE = """
[[scanner]]
driver = "lines"
path = "scans"
[panel]
driver = "log"
"""
"""All that an image says: no name, no library, no broker."""


class Household:
    def __init__(self, broker: Mosquitto, first: Process, newcomer: Process) -> None:
        self.broker = broker
        self.first = first
        self.newcomer = newcomer

    def logins(self, folder: Path) -> str:
        """What the first station's section `broker` says beside the address."""
        for name in ("stations", "join"):
            (folder / f"{name}.password").write_text(PASSWORDS[name])
        return (
            f'username = "stations"\npassword_file = "{folder}/stations.password"\n'
            f'join_username = "join"\njoin_password_file = "{folder}/join.password"\n'
        )

    def invite(self, *options: str) -> str:
        """A code's text."""
        made = self.first.command("library", "invite", "--host", HOST, "--json", *options)
        assert made.returncode == 0, made.stderr
        return str(json.loads(made.stdout)["code"])

    def central(self, *topics: str) -> Consumer:
        return Consumer(self.broker.port, *(topics or ("#",)), login=CENTRAL)

    def change(self, code: str, **fields: Any) -> str:
        """The code with something else in it; `ends` is changed where it is kept, too."""
        said = read(code)
        if "ends" in fields:
            with closing(store_of(self.first)) as store, store.transaction(synced=True):
                kept = store.invites.get(said.invitation)
                assert kept is not None
                store.invites.put(said.invitation, structs.replace(kept, ends=fields["ends"]))
        return write(structs.replace(said, **fields))


def found(station: Process) -> None:
    """Its library was made there."""
    with closing(store_of(station)) as store, store.transaction():
        store.journal.keep_secret(LIBRARY)


def fresh(station: Process, more: str = "") -> None:
    station.config.write_text(f'[station]\ndata_dir = "data"\n{more}{IMAGE}')


def store_of(station: Process) -> Store:
    """Under whatever name it has by now."""
    return open_store(load(station.config))


def name_of(station: Process) -> str:
    return load(station.config).station.id


def secret_at(station: Process) -> bytes:
    with closing(store_of(station)) as store:
        return store.journal.secret()


def wait_for_log(station: Process, words: str) -> None:
    """Until the station's log says so."""
    log = station.folder / "log"
    log.touch()
    tail = subprocess.Popen(
        ["tail", "-n", "+1", "-f", str(log)], stdout=subprocess.PIPE, text=True, errors="replace"
    )
    try:
        assert tail.stdout is not None
        timer = threading.Timer(PATIENCE, tail.kill)
        timer.start()
        found = any(words in line for line in tail.stdout)
        timer.cancel()
        assert found, f"the log doesn't say {words!r}:\n{station.log()}"
    finally:
        tail.kill()
        tail.wait(PATIENCE)
