"""What a station was given becomes its own: first who it is, then the library's secret.

The daemon looks for the secret in the store. When it finds it, all the rest is there, and the documents
can be fetched. It is in service when it has them: a card that the library knows must not apply here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from station.config import Config
from station.config.identity import IDENTITY
from station.joincode import JoinCode
from station.joining import JoinError, pending
from station.joining.messages import Given
from station.joining.pending import save
from station.store import Store
from station.wiring import STORE


def settle(config: Config, code: JoinCode, given: Given) -> None:
    """May be done again after a power cut. Raises JoinError, StoreError or OSError."""
    data = config.station.data_dir
    _learn(data, code, given)
    store = Store.open(data / STORE, given.station)
    try:
        _belong(store, code.library, bytes.fromhex(given.secret))
    finally:
        store.close()
    pending.forget(data)


def learn(data: Path, identity: dict[str, dict[str, Any]]) -> None:
    """Keep who this station is. Raises OSError."""
    save(data / IDENTITY, toml(identity).encode())


def _learn(data: Path, code: JoinCode, given: Given) -> None:
    """The files that the identity names come first, under names that are this join's alone."""
    broker: dict[str, Any] = {"host": code.host, "port": code.port, "protocol": code.protocol}
    broker |= {"root": code.root}
    if given.username is not None:
        broker["username"] = given.username
    if given.username is not None and given.password is not None:
        broker["password_file"] = f"broker-{code.invitation}.password"
        save(data / broker["password_file"], given.password.encode())
    if given.ca is not None:
        broker["ca_file"] = f"broker-{code.invitation}.crt"
        save(data / broker["ca_file"], given.ca.encode())
    elif given.ca_file is not None:
        broker["ca_file"] = given.ca_file
    station = {"id": given.station, "library": code.library}
    shared = {"patterns": given.patterns, "session": given.session}
    learn(data, {"station": station, "broker": broker, **shared})


def _belong(store: Store, library: str, secret: bytes) -> None:
    found = store.shelf.library()
    if found is not None and found.id != library:
        raise JoinError(f"this station belongs to the library {found.id} already.")
    with store.transaction(synced=True):
        store.journal.keep_secret(library, secret)


def toml(sections: dict[str, dict[str, Any]]) -> str:
    """For texts and numbers: a JSON text is a TOML text too, where nothing is written as a surrogate pair."""
    lines = ["# Written by the station when it joined its library; station.toml goes before this."]
    for name, section in ((name, section) for name, section in sections.items() if section):
        lines += ["", f"[{name}]"]
        lines += [f"{key} = {_value(value)}" for key, value in section.items()]
    return "\n".join(lines) + "\n"


def _value(value: str | int | float) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
