"""Throw-away certificates that sign themselves, for 127.0.0.1."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.mosquitto import found


def certify(folder: Path, name: str) -> None:
    """Make `name`.key and `name`.crt in `folder`."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subject = ["-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.crt"]
    subprocess.run(
        [found("openssl"), "req", "-x509", *key, *subject, *files], check=True, capture_output=True
    )
