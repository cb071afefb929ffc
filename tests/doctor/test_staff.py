from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from station.doctor.findings import Finding
from station.doctor.staff import staff
from station.model import Policy, Reader
from tests.doctor.places import place, said, store_of
from tests.stores import stock


def card(key: str, pin: str | None = None, **other: str) -> Reader:
    return Reader(id=key, kind="staff", pin=pin, **other)  # type: ignore[arg-type]


def found(folder: Path, cards: Sequence[Reader], policy: Literal["any", "signed"] = "any") -> list[Finding]:
    here = place(folder)
    with store_of(here) as store:
        stock(store, readers=["RD-1", *cards], policy=Policy(cards=policy))
    return list(staff(here))


def test_staff_card_without_a_pin_is_a_warning_that_names_its_last_characters(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, [card("RD-9000"), card("RD-9001", pin="hash")])
    assert finding.status == "warning"
    assert "1 of 2 staff cards have no PIN (…9000)" in finding.found
    assert "RD-9000" not in str(finding) and "station reader list" in finding.do


def test_many_cards_are_not_all_named(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, [card(f"RD-{number}") for number in range(9000, 9010)])
    assert finding.found.count("…") == 6 and "10 of 10" in finding.found


def test_staff_cards_with_pins_are_fine(tmp_path: Path) -> None:
    assert said(found(tmp_path, [card("RD-9000", pin="hash")])) == [
        ("ok", "1 staff cards, each signed or with a PIN")
    ]


def test_where_signed_cards_alone_count_no_pin_is_needed(tmp_path: Path) -> None:
    assert said(found(tmp_path, [card("RD-9000")], "signed"))[0][0] == "ok"


def test_blocked_staff_card_opens_nothing(tmp_path: Path) -> None:
    cards = [card("RD-9000", pin="hash"), card("RD-9001", status="blocked")]
    assert said(found(tmp_path, cards))[0][0] == "ok"


def test_library_without_staff_is_a_warning(tmp_path: Path) -> None:
    assert said(found(tmp_path, [])) == [("warning", "nobody has a staff card")]


def test_without_a_library_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    assert said(staff(place(tmp_path))) == [("skipped", "there is no library here yet")]
