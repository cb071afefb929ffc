"""Signals as a friendly sentence, for people who don't know the lamps yet."""

from __future__ import annotations

from station.signals import Reason, Shown, Signal
from station.store.shelf import StoredShelf

SENTENCES = {
    Signal.READY: "Ready. Scan a card, or a book that comes back.",
    Signal.WELCOME: "Welcome. Now scan your books.",
    Signal.PIN: "Type your PIN, then ENTER.",
    Signal.BORROWED: "{book} is yours until {due}.",
    Signal.RENEWED: "{book} is renewed until {due}.",
    Signal.RETURNED: "{book} is back. Thank you.",
    Signal.RETURNED_HOLD: "{book} is back. Somebody waits for it: put it aside.",
    Signal.CARD_FIRST: "{book} can be borrowed. Now scan a card.",
    Signal.REFUSED: "Sorry, no.",
    Signal.UNKNOWN: "Nobody here knows this code.",
    Signal.PENDING: "Your card is noted. Staff will admit it.",
    Signal.ADMITTED: "The card is admitted and may borrow.",
    Signal.STAFF: "A staff session is open.",
    Signal.MODE: "Now scan what the command is for.",
    Signal.ADDED: "{book} is in the catalogue.",
    Signal.SEEN: "{book} is counted.",
    Signal.DONE_OK: "Done.",
    Signal.UNDONE: "The last step is taken back.",
    Signal.GOODBYE: "Goodbye.",
    Signal.OFFLINE: "No broker. Lending goes on; events wait on disk.",
    Signal.DEGRADED: "No broker for too long: returns only.",
    Signal.LOCKED: "Locked: this station has no library yet.",
    Signal.FAULT: "Something is broken. Nothing was lent or returned.",
    Signal.STARTING: "Starting.",
    Signal.STOPPING: "Stopping.",
    Signal.IDENTIFY: "Here I am.",
}

REFUSALS = {
    Reason.READER_BLOCKED: "Sorry, this card is blocked. Please ask the library.",
    Reason.READER_EXPIRED: "Sorry, this card has expired. Please ask the library.",
    Reason.LOAN_LIMIT: "Sorry, this card has all the books that it may have.",
    Reason.OVERDUE: "Sorry, first bring back the book that is overdue.",
    Reason.RENEWAL_LIMIT: "Sorry, {book} can't be renewed again.",
    Reason.ON_HOLD: "Sorry, somebody else waits for {book}.",
    Reason.REFERENCE_ONLY: "Sorry, {book} is for reading here only.",
    Reason.WITHDRAWN: "Sorry, {book} is no longer lent.",
    Reason.ON_LOAN: "Sorry, another reader has {book}.",
    Reason.NOT_ON_LOAN: "Nobody has {book}: it is in already.",
    Reason.NOT_STAFF: "This command is for staff: scan a staff card first.",
    Reason.PIN_WRONG: "Sorry, the PIN is wrong.",
    Reason.NOTHING_TO_UNDO: "There is nothing to take back.",
    Reason.DEGRADED: "Sorry, no broker for too long: only returns are taken.",
    Reason.NOT_CONFIGURED: "This station has no library yet.",
    Reason.WRONG_KIND: "The wrong kind of code here: scan the copy's label, or the card.",
}


def name(shown: Shown) -> str:
    """`borrowed`, or `refused loan_limit`."""
    return f"{shown.signal} {shown.reason}" if shown.reason else str(shown.signal)


def sentence(shown: Shown, shelf: StoredShelf) -> str:
    """What happened, with the book's title and the due date as they are in the library now."""
    text = REFUSALS[shown.reason] if shown.reason else SENTENCES[shown.signal]
    item = shelf.item(shown.item) if shown.item else None
    book = title(shelf, shown.item) if shown.item else "the book"
    due = item.loan.due.isoformat() if item and item.loan else "the due date"
    said = text.format(book=book, due=due)
    return said[0].upper() + said[1:]


def title(shelf: StoredShelf, label: str) -> str:
    """A copy's title, or its label where it has none."""
    item = shelf.item(label)
    known = shelf.title(item.isbn) if item and item.isbn and not item.title else None
    return (item and item.title) or (known and known.title) or label
