"""The broker's certificate, as a join code names it.

A fresh station can't judge a certificate: it has no authority to go by yet, and its clock may be weeks off.
The code tells it which one to expect; the authority comes with the sealed answer.
"""

from __future__ import annotations

import hashlib
import socket
import ssl

from station.config import BrokerConfig
from station.joincode import CERTIFICATE_BYTES
from station.joining import JoinError

ANSWER_SECONDS = 10.0


def fingerprint(broker: BrokerConfig, host: str) -> bytes:
    """Of the certificate that the broker shows at `host`, which this station trusts. Raises JoinError."""
    try:
        context = ssl.create_default_context(cafile=broker.ca_file)
        if broker.cert_file:
            context.load_cert_chain(broker.cert_file, broker.key_file)
        with (
            socket.create_connection((host, broker.port), timeout=ANSWER_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as encrypted,
        ):
            shown = encrypted.getpeercert(binary_form=True) or b""
    except OSError as error:
        raise JoinError(
            f"the broker {host}:{broker.port} doesn't show a certificate that can be trusted: {error}. The"
            " join code names it: look at [broker] host and ca_file, and at the broker."
        ) from error
    return digest(shown)


def digest(certificate: bytes) -> bytes:
    return hashlib.sha256(certificate).digest()[:CERTIFICATE_BYTES]
