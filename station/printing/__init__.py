"""What a library prints: cards, labels, command codes and notices, as pages and then as a PDF."""

from __future__ import annotations


class PrintError(Exception):
    """Something can't be printed; the message says what, why, and what to do."""
