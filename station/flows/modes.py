"""A scan while a staff command waits for its cards or books."""

from __future__ import annotations

from station.decision import Decision, Draft
from station.flows import count, intake, review, staff, upkeep
from station.flows.card import counts
from station.model import Item
from station.scan import TEST_PARTS, TEST_TEXT, Card, Copy, Isbn, Meaning, NewCard, NewLabel, Unknown
from station.session import Mode
from station.signals import Reason, Signal


def scanned(draft: Draft, mode: Mode, what: Meaning) -> Decision | None:
    """What the command makes of a scan; None: it is none of the command's business."""
    if mode.must_confirm:
        return _confirmed(draft, mode, what)
    if isinstance(what, Card) and what.reader.id == draft.staff:
        return None
    if mode.name == "TEST":
        return _tested(draft, what)
    match what:
        case Card(reader) if mode.name in review.COMMANDS:
            return review.known(draft, mode.name, reader)
        case NewCard(key) if mode.name in review.COMMANDS:
            return review.unknown(draft, mode.name, key)
        case Card() | NewCard():
            return draft.decide(Signal.REFUSED, Reason.WRONG_KIND)
        case Copy(item):
            return _book(draft, mode, item)
        case Isbn(number):
            return _isbn(draft, mode, number)
        case NewLabel(key) | Unknown(key) if key:
            return _label(draft, mode, key, what)
    return draft.decide(Signal.UNKNOWN)


def _confirmed(draft: Draft, mode: Mode, what: Meaning) -> Decision | None:
    """The staff card carries the command out; another scan that means something lets it go."""
    if isinstance(what, Unknown):
        return draft.decide(Signal.UNKNOWN)
    draft.state = draft.without_mode()
    if isinstance(what, Card) and what.reader.id == draft.staff and counts(draft, what):
        return staff.carry_out(draft, mode.name)
    return None


def _tested(draft: Draft, what: Meaning) -> Decision:
    """TEST: a test code came through whole, or it did not, and then layout or suffix is set wrong.

    There are more codes to come, until all have been read in one, or DONE.
    """
    text = what.text if isinstance(what, Unknown) else None
    if text == TEST_TEXT:
        draft.state = draft.without_mode()
    return draft.decide(Signal.DONE_OK if text in (TEST_TEXT, *TEST_PARTS) else Signal.UNKNOWN)


def _book(draft: Draft, mode: Mode, item: Item) -> Decision:
    if mode.name in upkeep.COMMANDS:
        return upkeep.book(draft, mode.name, item)
    if mode.name == count.COMMAND:
        return count.book(draft, mode, item)
    if mode.name == "ADD":
        return intake.known(draft, mode, item)
    return draft.decide(Signal.REFUSED, Reason.WRONG_KIND, item=item.id)


def _isbn(draft: Draft, mode: Mode, number: str) -> Decision:
    if mode.name == "ADD":
        return intake.isbn(draft, mode, number)
    copies = draft.shelf.copies(number)
    unseen = [each for each in copies if each.id not in mode.seen and not each.loan] or copies
    if len(copies) == 1 or (copies and mode.name == count.COMMAND):
        return _book(draft, mode, unseen[0])
    return draft.decide(Signal.REFUSED, Reason.WRONG_KIND) if copies else draft.decide(Signal.UNKNOWN)


def _label(draft: Draft, mode: Mode, key: str, what: Meaning) -> Decision:
    if mode.name == "ADD":
        is_goods = isinstance(what, Unknown) and intake.is_on_goods(key)
        return draft.decide(Signal.UNKNOWN) if is_goods else intake.label(draft, mode, key)
    if mode.name == count.COMMAND and isinstance(what, Unknown):
        return count.place(draft, mode, key)
    return draft.decide(Signal.UNKNOWN)
