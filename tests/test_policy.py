from datetime import date

import pytest

from station.model import Policy
from station.policy import PolicyError, changed


def test_settings_change_what_they_name_and_nothing_else() -> None:
    settings = ["loan_days=21", "closed_dates=2026-12-25,2026-12-26", "block_overdue=false", "lend_by=isbn"]
    assert changed(Policy(max_loans=3), settings) == Policy(
        max_loans=3,
        loan_days=21,
        closed_dates=(date(2026, 12, 25), date(2026, 12, 26)),
        block_overdue=False,
        lend_by="isbn",
    )


def test_none_takes_a_value_away() -> None:
    policy = Policy(timezone="Asia/Shanghai", closed_dates=(date(2026, 12, 25),), reader_pin="required")
    assert changed(policy, ["timezone=none", "closed_dates=none", "reader_pin=none"]) == Policy()


def test_a_key_of_a_newer_version_is_kept() -> None:
    assert changed(Policy(extra={"fines": True}), ["loan_days=7"]).extra == {"fines": True}


def test_every_mistake_is_told_at_once() -> None:
    settings = [
        "max_lons=3",
        "loan_days=many",
        "loan_days=-1",
        "lend_by=shelf",
        "timezone=Mars/Base",
        "cards",
    ]
    with pytest.raises(PolicyError) as raised:
        changed(Policy(), settings)
    said = str(raised.value).splitlines()
    assert len(said) == len(settings)
    assert "did you mean max_loans?" in said[0]
    assert "key=value" in said[5]
