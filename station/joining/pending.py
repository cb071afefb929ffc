"""A join that has begun: on disk before anything is asked, so that after a power cut it goes on."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
from msgspec import Struct

from station import joincode
from station.backup.files import whole
from station.config import Config
from station.config.identity import own_name
from station.joincode import JoinCode
from station.joining import JoinError, messages, seals
from station.joining.messages import Ask
from station.joining.names import wish
from station.model import Moment

FILE = "joining.json"


class Pending(Struct, frozen=True, kw_only=True):
    """The code, this station's private key for it, and the very text that is asked with it."""

    text: str
    private: str
    body: str

    @property
    def code(self) -> JoinCode:
        return joincode.read(self.text)


def begin(text: str, config: Config, now: Moment) -> Pending:
    """Take up a join code; the one that is under way goes on as it is. `config` is as before any joining.

    Raises ValueError or JoinError in words, OSError if it can't be written.
    """
    code = joincode.read(text)
    if code.ends < now.wall.timestamp() and now.trusted:
        raise JoinError(ENDED)
    wanted = config.station.library
    if wanted is not None and wanted != code.library:
        raise JoinError(
            f"the join code is of the library {code.library}, and [station] library in this station's"
            f" configuration is {wanted}."
        )
    found = read(config.station.data_dir)
    if found is not None and found.text == text:
        return found
    begun = _new(text, config)
    _write(config.station.data_dir / FILE, begun)
    return begun


ENDED = "the join code has ended. Make another one: `station library invite` at a station of the library."


def read(data_dir: Path) -> Pending | None:
    """The join that is under way; a file that can't be read is none."""
    try:
        found = msgspec.json.decode((data_dir / FILE).read_bytes(), type=Pending)
        joincode.read(found.text)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None
    return found


def forget(data_dir: Path, begun: Pending | None = None) -> None:
    """`begun`: if it is still that one, and another code has not taken its place."""
    if begun is None or read(data_dir) == begun:
        (data_dir / FILE).unlink(missing_ok=True)


def _new(text: str, config: Config) -> Pending:
    private, own = seals.new_key(), config.station.id
    fixed = own != own_name()
    ask = Ask(
        key=seals.public(private).hex(),
        station=own if fixed else wish(socket.gethostname()),
        fixed=fixed,
    )
    return Pending(text=text, private=private.hex(), body=messages.text(ask))


def _write(path: Path, pending: Pending) -> None:
    save(path, msgspec.json.encode(pending))


def save(path: Path, data: bytes) -> None:
    """Whole on disk, or not there; for this station's user alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    whole(path, data, 0o600)
