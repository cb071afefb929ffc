"""Invitations that this station has made, beside the other marks. Never sent to anybody."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, convert, to_builtins
from tinydb import TinyDB
from tinydb.table import Document as Row

from station.store.rows import OrderedTable

INVITE = "invite/"
"""How the id of a mark begins that holds an invitation."""
MOST = 1000


class Invite(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`root` is derived from the code's secret, which is not kept. `ends` is in Unix seconds.

    `station`, `username` and `password` are for whoever comes, where they were named beforehand. Once
    somebody has come: `spent` is the request that used it up, `given` the station's name, `answer` what it
    was told, for a request that comes again since the answer was lost.
    """

    root: str
    ends: int
    station: str | None = None
    username: str | None = None
    password: str | None = None
    spent: str | None = None
    given: str | None = None
    answer: str | None = None


class Invites:
    """Over the marks in `db`. Writing is the caller's transaction."""

    def __init__(self, db: TinyDB) -> None:
        self._db = db

    def get(self, key: str) -> Invite | None:
        raw = self._marks.get(doc_id=INVITE + key)  # type: ignore[call-overload]
        return None if raw is None else convert(dict(raw), Invite)

    def put(self, key: str, invite: Invite) -> None:
        self._marks.put(Row(to_builtins(invite), INVITE + key))  # type: ignore[arg-type]

    def remove(self, key: str) -> None:
        self._marks.remove(doc_ids=[INVITE + key])  # type: ignore[list-item]

    def any(self) -> bool:
        return any(str(each.doc_id).startswith(INVITE) for each in self._marks.after(INVITE, 1))

    def all(self) -> Iterator[tuple[str, Invite]]:
        for each in self._marks.after(INVITE, MOST):
            if not str(each.doc_id).startswith(INVITE):
                return
            yield str(each.doc_id).removeprefix(INVITE), convert(dict(each), Invite)

    @property
    def _marks(self) -> OrderedTable:
        table = self._db.table("marks")
        assert isinstance(table, OrderedTable)
        return table
