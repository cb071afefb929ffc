"""Notices: the join code is read back from its page, and the rules are there in words."""

from __future__ import annotations

from station.patterns import load
from station.printing.notice import Invitation, Rules, join, poster
from station.printing.sheets import paper
from tests.printing.rendering import pdf_with_chinese, rendered

LONG = "shelfpost://broker.oak.example:8883/oak?i=0123456789ab&s=" + "A" * 22 + "&e=1795600000&t=" + "B" * 400


def test_the_join_code_is_read_back_whole_with_its_end_beside_it() -> None:
    pdf = pdf_with_chinese()
    made = rendered([join(paper("a4"), Invitation(LONG, "2026-11-25 09:00", "橡树小学", "both"), pdf)], pdf)
    assert made.read() == [LONG]
    assert "until 2026-11-25 09:00" in made.text
    assert "有效期至 2026-11-25 09:00" in made.text
    assert LONG not in made.text


def test_the_poster_says_the_rule_the_four_steps_and_whom_to_ask() -> None:
    pdf = pdf_with_chinese()
    rules = Rules("橡树小学 Oak School", "Room 204", load(), "both")
    text = rendered([poster(paper("letter"), rules, pdf)], pdf).text
    for wanted in (
        "橡树小学 Oak School",
        "带卡是借，不带卡是还。",
        "还书：只扫书。",
        "it is the station",
        "Room 204",
    ):
        assert wanted in text
    assert "…" not in text
