"""What of a scan may stand in a log: of a card its last four characters, and never the whole of it."""

from __future__ import annotations

from station.signals import Shown


def shown(what: Shown) -> str:
    """What was shown, as a line of a log: `refused loan_limit item=BK-1 reader=…1001`."""
    said = [each.value for each in (what.signal, what.reason) if each]
    said += [f"item={line(what.item)}"] if what.item else []
    said += [f"reader={code(what.reader)}"] if what.reader else []
    return " ".join(said)


def line(text: str) -> str:
    """`text` on one line of a log, whatever it holds."""
    return text.encode("unicode_escape", "backslashreplace").decode()


def code(text: str) -> str:
    """`…1001` for `RD-1001`; of a short number about half."""
    shown = min(4, (len(text) + 1) // 2, len(text) - 1)
    tail = text[-shown:] if shown > 0 else ""
    return "…" + line(tail)
