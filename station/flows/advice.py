"""What each kind of exception means, and what staff can do about it: for lists and reports."""

from __future__ import annotations

ADVICE: dict[str, str] = {
    "handed_over": "nothing, if the readers agree; else ask the first reader when the book changed hands",
    "lost_and_found": "put the book in its place; tell a reader who has paid for it",
    "withdrawn_returned": "take the book off the shelf, or take it in again with ADD",
    "copy_unclear": "look which copy stands on the shelf; if another does, return that one and lend this one",
    "returned_unseen": "look on the shelf; if the book is there, return it for the reader",
    "limit_passed": "nothing has to be done; ask the reader to bring one back, or raise the own limit",
    "conflict": "look at the document and set it right if the later change was not the better one",
    "title_unknown": "give the copy its title, import a list that has it, or leave the book without one",
    "clock_jumped": "look at the due dates of the books that are named (`station loan list`)",
    "outbox_old": "look at the network and the broker (`station doctor`); loans are safe here meanwhile",
}


def advice(kind: str) -> str:
    """In a sentence; a kind that a newer station has raised has none here."""
    return ADVICE.get(kind, "see the note")
