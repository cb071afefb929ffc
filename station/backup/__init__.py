"""Backups of a station's store: made beside the running daemon, and brought back."""

from __future__ import annotations

from station.store import StoreError


class BackupError(StoreError):
    """A backup can't be made or brought back; the message says what is wrong, where, and what to do."""


class NothingYet(BackupError):
    """There is no library, so there is nothing that could be lost."""
