"""Which of several codes is meant."""

from __future__ import annotations

import pytest

from station.drivers.camera.fitting import Fit, fit, has_check_digit


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("BK-1001", Fit.LABEL),
        ("RD-1001", Fit.LABEL),
        ("000123", Fit.LABEL),
        ("2000000000015", Fit.LABEL),
        ("shelfpost://join/oak", Fit.LABEL),
        ("BEGIN:VCARD\nFN:红楼梦\nEND:VCARD", Fit.LABEL),
        ("9787020002208", Fit.LABEL),
        ("9787020002207", Fit.BOOK),
        ("9791034304295", Fit.BOOK),
        ("6901234567892", Fit.OTHER),
        ("https://example.org/book/1", Fit.OTHER),
        ("HTTP://EXAMPLE.ORG", Fit.OTHER),
    ],
)
def test_label_is_all_that_is_not_known_to_be_something_else(text: str, what: Fit) -> None:
    assert fit(text) is what


@pytest.mark.parametrize("text", ["9787020002208", "978702000220", "97870200022070", "٩٧٨٧٠٢٠٠٠٢٢٠٧", ""])
def test_ean_has_thirteen_digits_and_the_last_is_right(text: str) -> None:
    assert not has_check_digit(text)
    assert has_check_digit("9787020002207")
