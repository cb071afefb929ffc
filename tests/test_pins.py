import pytest

from station import pins

SECRET = b"the library's"


def test_a_pin_fits_its_own_hash_and_no_other() -> None:
    kept = pins.hashed("1234", SECRET)
    assert pins.fits(kept, "1234", SECRET)
    assert not pins.fits(kept, "1235", SECRET)


def test_a_hash_is_no_use_without_the_secret() -> None:
    assert not pins.fits(pins.hashed("1234", SECRET), "1234", b"another library's")


def test_the_same_pin_is_kept_differently_each_time() -> None:
    assert pins.hashed("1234", SECRET) != pins.hashed("1234", SECRET)


@pytest.mark.parametrize("digits", ["123", "123456789", "12a4", "１２３４", "1234\n", ""])
def test_a_pin_is_four_to_eight_plain_digits(digits: str) -> None:
    with pytest.raises(ValueError, match="4 to 8 digits"):
        pins.hashed(digits, SECRET)


@pytest.mark.parametrize("kept", [None, "", "$", "00", "zz$zz", "00$"])
def test_nothing_fits_a_missing_or_malformed_hash(kept: str | None) -> None:
    assert not pins.fits(kept, "1234", SECRET)
