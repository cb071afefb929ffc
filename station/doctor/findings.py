"""What a check says."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Status(StrEnum):
    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"
    SKIPPED = "skipped"


class Finding(Struct, frozen=True):
    """`found` is what there is, `do` what to do about it. `check` is filled in by who ran it."""

    status: Status
    found: str
    do: str = ""
    check: str = ""


def ok(found: str) -> Finding:
    return Finding(Status.OK, found)


def warning(found: str, do: str) -> Finding:
    """It works, and will not always."""
    return Finding(Status.WARNING, found, do)


def wrong(found: str, do: str) -> Finding:
    """It does not work."""
    return Finding(Status.WRONG, found, do)


def skipped(why: str, do: str = "") -> Finding:
    """Not looked at, which is no judgement."""
    return Finding(Status.SKIPPED, why, do)
