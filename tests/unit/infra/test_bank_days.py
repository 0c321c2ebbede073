"""On which days a bank carries a file out."""

from datetime import date, timedelta

import pytest

from infra.bank.accounts import read_accounts
from infra.bank.days import check_day, is_closed
from infra.bank.files import bank_file
from partners.settlement.payments import changes
from partners.settlement.payments.legs import Direction
from tests.unit.infra.test_bank_files import ON, accounts
from tests.unit.partners.settlement.test_payments import NOW, owing_in

__all__ = ["accounts"]


def test_target_is_closed_on_its_holidays_and_weekends():
    closed = [day for day in range(1, 32) if is_closed(date(2026, 12, day))]
    assert closed == [5, 6, 12, 13, 19, 20, 25, 26, 27]
    assert [is_closed(date(2027, month, day)) for month, day in ((1, 1), (3, 26), (3, 29), (5, 6))] == [True] * 3 + [
        False
    ]


@pytest.mark.parametrize(
    ("on", "says"), [(date(2026, 11, 24), "is over"), (date(2026, 12, 25), "The next day is 2026-12-28")]
)
def test_no_file_is_for_a_day_that_is_over_or_on_which_banks_do_nothing(on, says):
    check_day(ON, ON, Direction.OUT)
    with pytest.raises(ValueError, match=says):
        check_day(on, ON, Direction.OUT)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 25), date(2026, 11, 26)),
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 11, 28), date(2026, 12, 1)),
        (date(2026, 12, 24), date(2026, 12, 28)),
    ],
)
def test_nothing_is_collected_before_the_debtors_bank_has_had_it_for_a_day_of_target(today, first):
    check_day(first, today, Direction.IN)
    sooner = [today + timedelta(days=more) for more in range((first - today).days)]
    for on in sooner:
        if not is_closed(on):
            check_day(on, today, Direction.OUT)
            with pytest.raises(ValueError, match=f"The first day is {first}"):
                check_day(on, today, Direction.IN)


def test_more_than_sepa_takes_goes_in_no_file(accounts):
    for cents, refused in ((99_999_999_999, False), (100_000_000_000, True)):
        one = changes.collecting(changes.approved(owing_in("EUR", alpha=-cents), "bob", NOW), "ann", NOW)
        if refused:
            with pytest.raises(ValueError, match="the most that SEPA takes"):
                bank_file(one, Direction.IN, accounts, ON)
        else:
            assert b"999999999.99" in bank_file(one, Direction.IN, accounts, ON)


@pytest.mark.parametrize("name", ["", "  ", "B" * 71])
def test_a_name_that_no_bank_takes_is_refused_with_where_it_stands(accounts, tmp_path, name):
    path = tmp_path / "wrong.json"
    known = accounts.model_dump_json().replace('"Beta"', f'"{name}"')
    path.write_text(known)
    with pytest.raises(ValueError, match=r"parties\.beta\.name"):
        read_accounts(path)
