"""Inviting a station: the code that a fresh one scans, and what this station keeps of it."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import UTC, datetime, timedelta

from msgspec import Struct, ValidationError, convert

from station import joincode
from station.config import BrokerConfig, Config, secret_in
from station.config.sections import StationId
from station.joincode import JoinCode
from station.joining import JoinError, seals
from station.joining.certificate import fingerprint
from station.model import Moment
from station.store import Store
from station.store.invites import Invite

MINUTES = 24 * 60
"""How long a code is good, if nobody says: time to print it, carry it to the shelf and plug things in."""
LONGEST_MINUTES = 366 * 24 * 60
REMEMBERED = timedelta(days=30)
"""How long after its end a station still knows an invitation, to say that it has ended."""


class Invitation(Struct, frozen=True, kw_only=True):
    """`text` is the code, for a QR code or to be typed; it is a secret until `ends`."""

    text: str
    ends: datetime


class For(Struct, frozen=True, kw_only=True):
    """Who is invited, where that is known beforehand: its name, and its own login to the broker.

    Without a login the newcomer gets this station's.
    """

    station: str | None = None
    username: str | None = None
    password: str | None = None


def invite(
    store: Store,
    config: Config,
    now: Moment,
    minutes: int = MINUTES,
    *,
    host: str | None = None,
    guest: For = For(),  # noqa: B008
) -> Invitation:
    """Make a join code that one station may use once, within so many `minutes`.

    `host` is the broker's address as the newcomer reaches it, where that is not the one configured here.
    Where the connection is encrypted the broker is asked for its certificate. Raises JoinError or StoreError.
    """
    library, broker = store.shelf.library(), config.broker
    if library is None:
        raise JoinError("this station has no library yet to invite to: `station library create` makes one.")
    if not store.journal.secret_is_of(library.id):
        raise JoinError(
            f"this station has the documents of the library {library.id}, but not its secret: invite from the"
            " station where the library was made, or let this one join first (`station library join CODE`)."
        )
    if broker is None:
        raise JoinError(
            "this station has no broker, and stations share a library through one: write [broker] into its"
            " configuration, and start it again."
        )
    _check_name(guest.station)
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise JoinError(f"a join code is good for 1 to {LONGEST_MINUTES} minutes, not {minutes}.")
    ends = datetime.fromtimestamp(int(at(store, now).timestamp()) + 60 * minutes, UTC)
    code = _code(broker, library.id, host or _reachable(broker.host), int(ends.timestamp()))
    text = _text(code)
    _keep(store, code, guest, now)
    return Invitation(text=text, ends=ends)


def _check_name(station: str | None) -> None:
    try:
        convert(station, StationId | None)
    except ValidationError:
        raise JoinError(
            f"{station!r} is no station's name: it takes a to z, 0 to 9 and _, at most 64. Central's is"
            " its own."
        ) from None


def at(store: Store, now: Moment) -> datetime:
    """The time that ends are reckoned by: it never goes back behind what this store has seen, so that a clock
    that comes up in the past doesn't give an old code a longer life.
    """
    stamp = store.journal.last_stamp(now)
    return max(now.wall, datetime.fromtimestamp(int(stamp[:13]) / 1000, UTC)) if stamp else now.wall


def _code(broker: BrokerConfig, library: str, host: str, ends: int) -> JoinCode:
    if broker.username is not None and broker.join_username is None:
        raise JoinError(
            "this broker wants a login, and a newcomer has none yet: make one that may do nothing but join"
            " (config/mosquitto), and name it in [broker] join_username and join_password_file."
        )
    return JoinCode(
        host=host.lower(),
        port=broker.port,
        library=library,
        invitation=secrets.token_hex(6),
        secret=secrets.token_bytes(joincode.SECRET_BYTES),
        ends=ends,
        root=broker.root,
        protocol=broker.protocol,
        username=broker.join_username,
        password=secret_in(broker.join_password_file, "broker.join_password_file"),
        certificate=fingerprint(broker, host) if broker.ca_file else None,
    )


def _text(code: JoinCode) -> str:
    """What was written must read the same: nobody finds out at the shelf that it doesn't."""
    try:
        text = joincode.write(code)
        if joincode.read(text) == code:
            return text
    except ValueError as error:
        raise JoinError(f"{error}.") from error
    raise JoinError(f"the broker's address {code.host!r} can't stand in a join code.")


def _reachable(host: str) -> str:
    if host != "localhost" and not _is_loopback(host):
        return host
    raise JoinError(
        f"this station reaches its broker as {host}, which on another machine is another machine: say the"
        " broker's name or address in the network with --host, as in --host broker.local."
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _keep(store: Store, code: JoinCode, guest: For, now: Moment) -> None:
    forgotten = at(store, now) - REMEMBERED
    with store.transaction(synced=True):
        for key, each in list(store.invites.all()):
            if each.ends < forgotten.timestamp():
                store.invites.remove(key)
        kept = Invite(
            root=seals.root_of(code.secret, code.invitation).hex(),
            ends=code.ends,
            station=guest.station,
            username=guest.username,
            password=guest.password,
        )
        store.invites.put(code.invitation, kept)
