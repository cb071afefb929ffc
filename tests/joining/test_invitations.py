"""Who may invite, and what is said to those who may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.config import BrokerConfig, Config, ConfigError, StationConfig
from station.joincode import read
from station.joining import JoinError
from station.joining.invitations import For, invite
from station.store import Store
from tests.stores import START, SetClock, stock

BROKER = BrokerConfig(host="Broker.Local")


def invited(
    store: Store, broker: BrokerConfig | None = BROKER, minutes: int = 60, host: str | None = None
) -> str:
    config = Config(station=StationConfig(id="desk_1"), broker=broker)
    return invite(store, config, SetClock().now(), minutes).text


def made_here(store: Store) -> None:
    stock(store)
    with store.transaction():
        store.journal.keep_secret("oak")


def test_a_station_without_the_librarys_secret_invites_nobody(on_disk: Store) -> None:
    """Its documents came by a broker that its configuration names: PINs and cards made here are its own."""
    stock(on_disk)
    with pytest.raises(JoinError, match="but not its secret"):
        invited(on_disk)


def test_an_invitation_says_what_the_newcomer_needs_and_keeps_no_secret(on_disk: Store) -> None:
    made_here(on_disk)
    config = Config(station=StationConfig(id="desk_1"), broker=BROKER)
    made = invite(on_disk, config, SetClock().now(), 60)
    code = read(made.text)
    assert (made.ends - START).total_seconds() == 3600
    assert (code.host, code.port, code.library, code.ends) == (
        "broker.local",
        1883,
        "oak",
        made.ends.timestamp(),
    )
    kept = on_disk.invites.get(code.invitation)
    assert kept and code.secret.hex() not in repr(kept)


def test_two_invitations_have_nothing_in_common(on_disk: Store) -> None:
    made_here(on_disk)
    one, other = read(invited(on_disk)), read(invited(on_disk))
    assert one.invitation != other.invitation and one.secret != other.secret


def test_a_joining_login_goes_into_the_code(on_disk: Store, tmp_path: Path) -> None:
    made_here(on_disk)
    (tmp_path / "join").write_text("j secret\n")
    broker = BrokerConfig(
        host="b", username="stations", join_username="join", join_password_file=tmp_path / "join"
    )
    code = read(invited(on_disk, broker))
    assert (code.username, code.password) == ("join", "j secret")


@pytest.mark.parametrize(
    ("broker", "said"),
    [
        (None, "write [broker] into its configuration"),
        (BrokerConfig(host="b", username="stations"), "name it in [broker] join_username"),
        (BrokerConfig(host="localhost"), "with --host"),
        (BrokerConfig(host="127.0.0.1"), "with --host"),
        (BrokerConfig(host="::1"), "with --host"),
        (BrokerConfig(host="b", join_username="x" * 600), "a scan takes 512"),
        (BrokerConfig(host="b ad"), "broker"),
    ],
)
def test_what_keeps_a_station_from_inviting_is_said(
    on_disk: Store, broker: BrokerConfig | None, said: str
) -> None:
    made_here(on_disk)
    with pytest.raises(JoinError) as caught:
        invited(on_disk, broker)
    assert said in str(caught.value)
    assert not on_disk.invites.any()


@pytest.mark.parametrize("minutes", [0, -1, 10**7])
def test_a_code_is_good_for_a_minute_to_a_year(on_disk: Store, minutes: int) -> None:
    made_here(on_disk)
    with pytest.raises(JoinError, match="1 to"):
        invited(on_disk, minutes=minutes)


def test_a_station_without_a_library_invites_nobody(on_disk: Store) -> None:
    with pytest.raises(JoinError, match="station library create"):
        invited(on_disk)


def test_a_joining_password_that_is_missing_is_a_wrong_configuration(on_disk: Store, tmp_path: Path) -> None:
    made_here(on_disk)
    broker = BrokerConfig(host="b", join_username="join", join_password_file=tmp_path / "nowhere")
    with pytest.raises(ConfigError, match=r"broker\.join_password_file"):
        invited(on_disk, broker)


@pytest.mark.parametrize("name", ["", "Desk 2", "central", "central_2", "x" * 65])
def test_a_name_that_no_station_may_have_is_refused(on_disk: Store, name: str) -> None:
    made_here(on_disk)
    config = Config(station=StationConfig(id="desk_1"), broker=BROKER)
    with pytest.raises(JoinError, match="is no station's name"):
        invite(on_disk, config, SetClock().now(), guest=For(station=name))
