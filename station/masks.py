"""What of a number may stand in a log: its last four characters, and never the whole of it."""

from __future__ import annotations


def code(text: str) -> str:
    """`…1001` for `RD-1001`; a short number shows less than half of itself."""
    shown = min(4, (len(text) - 1) // 2)
    tail = text[-shown:] if shown > 0 else ""
    return "…" + tail.encode("ascii", "backslashreplace").decode()
