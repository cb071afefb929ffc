"""The join code: what a fresh station has to know so that it can ask for the rest. Pure.

`shelfpost://HOST:PORT/LIBRARY?i=…&s=…&e=…`: the broker, the library, the invitation, its one-time secret and
its end. What is as usual is left out, so that the code stays small enough to scan from paper.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from msgspec import Struct

SCHEME = "shelfpost://"
LONGEST = 512
"""Characters: what a scan may have (the contract)."""
SECRET_BYTES = 16
CERTIFICATE_BYTES = 16
"""Of the SHA-256 of the broker's certificate: 128 bits, which nobody can make another certificate for."""

_KEYS = frozenset("isetrpuw")
_ID = re.compile(r"[a-z0-9_]{1,64}")
_INVITATION = re.compile(r"[0-9a-f]{12}")
_HOST = re.compile(r"[^\s/@?#\[\]]{1,255}")
_ROOT = re.compile(r"[^\s+#/$]+(/[^\s+#/$]+)*")
_ENDS = re.compile(r"[0-9]{9,11}")


class JoinCode(Struct, frozen=True, kw_only=True):
    """`ends` is in Unix seconds. `certificate` is there where the connection is encrypted."""

    host: str
    port: int
    library: str
    invitation: str
    secret: bytes
    ends: int
    root: str = "shelfpost"
    protocol: str = "5"
    username: str | None = None
    password: str | None = None
    certificate: bytes | None = None

    def __repr__(self) -> str:
        """Without its secrets, wherever it may be printed."""
        return f"<join code {self.invitation} of {self.library}>"


def is_join_code(text: str) -> bool:
    return text.startswith(SCHEME)


def write(code: JoinCode) -> str:
    """The text of a code. Raises ValueError, in words, if it is too long to be scanned."""
    said = {
        "i": code.invitation,
        "s": _text(code.secret),
        "e": str(code.ends),
        "t": _text(code.certificate) if code.certificate else None,
        "r": code.root if code.root != "shelfpost" else None,
        "p": code.protocol if code.protocol != "5" else None,
        "u": code.username,
        "w": code.password,
    }
    host = f"[{code.host}]" if ":" in code.host else code.host
    query = urlencode({name: value for name, value in said.items() if value is not None}, quote_via=quote)
    text = f"{SCHEME}{host}:{code.port}/{code.library}?{query}"
    if len(text) > LONGEST:
        raise ValueError(
            f"the join code has {len(text)} characters, and a scan takes {LONGEST}: give the joining login a"
            " shorter name or password"
        )
    return text


def read(text: str) -> JoinCode:
    """Raises ValueError, in words that hold nothing of a secret."""
    if not is_join_code(text) or len(text) > LONGEST or not text.isprintable():
        raise ValueError("this is no join code")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        pairs = parse_qsl(parts.query, strict_parsing=True, max_num_fields=len(_KEYS), errors="strict")
    except ValueError:
        raise ValueError("the join code is not whole: scan it again") from None
    said = dict(pairs)
    if not set(said) <= _KEYS:
        raise ValueError("the join code was made by a newer Shelfpost: update this station first")
    if len(said) != len(pairs) or parts.username or parts.fragment or not port:
        raise ValueError("the join code is not whole: scan it again")
    return JoinCode(
        host=_fitting(_HOST, host, "broker"),
        port=port,
        library=_fitting(_ID, parts.path.removeprefix("/"), "library"),
        invitation=_fitting(_INVITATION, said.get("i"), "invitation"),
        secret=_bytes(said.get("s"), SECRET_BYTES, "secret"),
        ends=int(_fitting(_ENDS, said.get("e"), "end")),
        root=_fitting(_ROOT, said.get("r", "shelfpost"), "root"),
        protocol=_fitting(re.compile(r"5|3\.1\.1"), said.get("p", "5"), "protocol"),
        username=said.get("u"),
        password=said.get("w"),
        certificate=_bytes(said["t"], CERTIFICATE_BYTES, "certificate") if "t" in said else None,
    )


def _fitting(pattern: re.Pattern[str], text: str | None, what: str) -> str:
    if text is None or not pattern.fullmatch(text):
        raise ValueError(f"the join code's {what} is not whole: scan it again")
    return text


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str | None, length: int, what: str) -> bytes:
    try:
        data = base64.b64decode((text or "") + "==", altchars=b"-_", validate=False)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != length or _text(data) != text:
        raise ValueError(f"the join code's {what} is not whole: scan it again")
    return data
