"""The way to the broker, step by step: its name, its port, its certificate, the login."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from station.config import BrokerConfig, ConfigError
from station.doctor.findings import Finding, ok, skipped, wrong
from station.doctor.place import Place
from station.doctor.probe import Probe
from station.doctor.rights import rights
from station.mqtt import ANSWER_SECONDS, NO_NAME, Refused


def broker(place: Place) -> Iterator[Finding]:
    config = place.config.broker
    if config is None:
        yield skipped("there is no [broker]: the station works alone")
        return
    try:
        addresses = _addresses(config)
        _connected(config, addresses).close()
        yield ok(f"{config.host}:{config.port} is {', '.join(addresses)} and takes connections")
        if config.ca_file:
            yield ok(f"encrypted: {_encrypted(config, addresses)}")
    except _Stop as stop:
        yield stop.finding
        return
    yield from _logged_in(place, config)


class _Stop(Exception):
    """A step that failed: what follows can't be looked at."""

    def __init__(self, found: str, do: str) -> None:
        super().__init__(found)
        self.finding = wrong(found, do)


def _addresses(config: BrokerConfig) -> list[str]:
    try:
        found = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise _Stop(f"{config.host!r} {NO_NAME}", "Correct [broker] host.") from None
    except OSError as error:
        raise _Stop(
            f"{config.host}: no such name is known: {error.strerror or error}",
            "Correct [broker] host, or look at the network (`ping -c1 1.1.1.1`, `resolvectl status`); a name"
            " that ends in .local needs libnss-mdns.",
        ) from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _connected(config: BrokerConfig, addresses: list[str]) -> socket.socket:
    where = f"{config.host}:{config.port} ({', '.join(addresses)})"
    try:
        return socket.create_connection((config.host, config.port), timeout=ANSWER_SECONDS)
    except ConnectionRefusedError as error:
        raise _Stop(
            f"{where}: nobody listens there",
            "Is the broker running, does it listen to the network and not to itself alone (listener in"
            " mosquitto.conf), is the port right?",
        ) from error
    except TimeoutError as error:
        raise _Stop(
            f"{where}: no answer", "A firewall, or another network: is the address the broker's?"
        ) from error
    except OSError as error:
        raise _Stop(f"{where}: {error.strerror}", "Look at cable, Wi-Fi and `ip route`.") from error


def _encrypted(config: BrokerConfig, addresses: list[str]) -> str:
    """The version of TLS, and until when the certificate is good."""
    try:
        context = ssl.create_default_context(cafile=str(config.ca_file))
        if config.cert_file:
            context.load_cert_chain(str(config.cert_file), str(config.key_file))
    except OSError as error:
        raise _Stop(
            f"[broker] ca_file, cert_file or key_file can't be used: {error}",
            "They are files in PEM form; key_file must belong to cert_file.",
        ) from error
    try:
        with context.wrap_socket(_connected(config, addresses), server_hostname=config.host) as wrapped:
            until = (wrapped.getpeercert() or {}).get("notAfter")
            return f"{wrapped.version()}, certificate good until {until}"
    except ssl.SSLCertVerificationError as error:
        raise _Stop(
            f"the broker's certificate is not trusted: {error.verify_message}",
            _distrust(error.verify_message),
        ) from error
    except OSError as error:
        raise _Stop(
            f"{config.host}:{config.port} does not speak TLS: {getattr(error, 'reason', None) or error}",
            "Is the port the encrypted one (8883)? Without encryption leave ca_file out.",
        ) from error


def _distrust(why: str) -> str:
    if "match" in why:
        return "Write the name that the certificate has into [broker] host, or make another for this name."
    if "expired" in why or "not yet valid" in why:
        return "Look at this computer's clock first; if it is right, renew the broker's certificate."
    return "ca_file must hold the certificate of the authority that signed the broker's (ca.crt)."


def _logged_in(place: Place, config: BrokerConfig) -> Iterator[Finding]:
    probe = Probe(config, f"{place.config.station.library or 'library'}-{place.config.station.id}-doctor")
    try:
        probe.connect()
    except Refused as error:
        yield wrong(str(error), 'mosquitto_passwd sets a password; MQTT 3.1.1 is protocol = "3.1.1".')
        return
    except ConfigError as error:
        yield skipped(str(error), place.sudo)
        return
    except OSError as error:
        yield wrong(str(error), 'Does it speak MQTT on this port? Try protocol = "3.1.1".')
        return
    name = config.username or "without a name"
    yield ok(f"logged in {'as ' if config.username else ''}{name}, MQTT {config.protocol}")
    try:
        yield from rights(place, config, probe)
    finally:
        probe.close()
