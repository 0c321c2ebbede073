"""What funding relies on in its store: the fake and the real one answer to the same tests."""

from dataclasses import replace
from itertools import count

import pytest

from partners.contracts.standing import FundingStanding
from partners.funding.model import ByHand, DayMeter, Payment, Sealed

_names = count(1)


class FundingBookContract:
    """A subclass gives the fixtures `book`, `contracts` on the same store, and `guard`, a DepositStore."""

    @pytest.fixture
    def name(self) -> str:
        return f"paid-{next(_names)}"

    def test_a_payment_is_added_once_and_payments_come_oldest_first(self, book, name):
        first = Payment(
            partner_id=name,
            payment_id="b" * 32,
            amount_cents=-5,
            currency="EUR",
            reason="Rückzahlung",
            by="ann",
            at_ms=7,
            paid_ahead_cents=-12,
            part_micros=-17,
            tops_up=False,
        )
        second = replace(
            first, payment_id="a" * 32, at_ms=8, part_micros=0, tops_up=True, reference="7-EUR:harvest:in:1"
        )
        assert book.add_payment(second) is True
        assert book.add_payment(first) is True
        assert book.add_payment(replace(first, amount_cents=6)) is False
        assert book.payments(name) == [first, second]
        assert book.payment(name, "b" * 32) == first
        assert book.payment(name, "c" * 32) is None

    def test_a_payment_that_draws_on_deposits_is_added_if_nobody_has_since(self, book, guard, name):
        currency = name.upper()
        paid = Payment(
            partner_id=name,
            payment_id="b" * 32,
            amount_cents=-5,
            currency=currency,
            reason="given back",
            by="ann",
            at_ms=7,
            paid_ahead_cents=0,
        )
        other = replace(paid, payment_id="c" * 32)
        assert guard.version(currency) == 0
        assert book.add_payment(paid, [guard.action(currency, 0)]) is True
        assert guard.version(currency) == 1
        assert book.add_payment(other, [guard.action(currency, 0)]) is False
        assert book.add_payment(paid, [guard.action(currency, 1)]) is False, "it is there already"
        assert (guard.version(currency), book.payments(name)) == (1, [paid])
        assert book.add_payment(other, [guard.action(currency, 1)]) is True
        assert (guard.version(currency), book.payments(name)) == (2, [paid, other])
        assert guard.versions()[currency] == 2

    def test_a_payment_that_counts_alone_is_added_if_the_sum_of_its_day_is_what_was_read(self, book, name):
        paid = Payment(
            partner_id=name,
            payment_id="b" * 32,
            amount_cents=5,
            currency="EUR",
            reason="paid in",
            by="ann",
            at_ms=7,
            paid_ahead_cents=5,
        )
        other, day = replace(paid, payment_id="c" * 32), "2026-11-22"
        assert book.alone_cents(name, day) == 0
        assert book.add_payment(paid, [book.count_alone(name, day, 0, 5)]) is True
        assert book.add_payment(other, [book.count_alone(name, day, 0, 5)]) is False
        assert book.add_payment(paid, [book.count_alone(name, day, 5, 5)]) is False, "it is there already"
        assert (book.alone_cents(name, day), book.payments(name)) == (5, [paid])
        assert book.add_payment(other, [book.count_alone(name, day, 5, 5)]) is True
        third = replace(paid, payment_id="d" * 32)
        assert book.add_payment(third, [book.count_alone(name, day, 5, 5)]) is False, "the sum is another by now"
        assert (book.alone_cents(name, day), book.alone_cents(name, "2026-11-23")) == (10, 0)

    def test_a_payment_is_confirmed_once(self, book, name):
        waits = Payment(
            partner_id=name,
            payment_id="b" * 32,
            amount_cents=5,
            currency="EUR",
            reason="paid in",
            by="ann",
            at_ms=7,
            paid_ahead_cents=5,
            needs_two=True,
        )
        assert book.add_payment(waits) is True
        assert book.payment(name, "b" * 32).waits is True
        assert book.confirm_payment(waits, "bob") is True
        assert book.confirm_payment(waits, "cy") is False
        assert book.payments(name) == [replace(waits, confirmed_by="bob")]

    def test_a_payment_is_declined_once_or_confirmed_with_what_takes_it_back(self, book, guard, name):
        waits = Payment(
            partner_id=name,
            payment_id="b" * 32,
            amount_cents=5,
            currency=name.upper(),
            reason="paid in",
            by="ann",
            at_ms=7,
            paid_ahead_cents=5,
            needs_two=True,
        )
        back = replace(waits, payment_id="c" * 32, amount_cents=-5, by="bob", at_ms=8, needs_two=False)
        book.add_payment(waits)
        drawn = [guard.action(waits.currency, 1)]
        assert book.decline_payment(waits, back, drawn) is False, "a condition of those does not hold"
        assert book.payments(name) == [waits]
        assert book.decline_payment(waits, back, [guard.action(waits.currency, 0)]) is True
        assert book.decline_payment(waits, replace(back, payment_id="d" * 32), []) is False
        assert book.confirm_payment(waits, "cy") is False
        assert book.payments(name) == [replace(waits, declined_by="bob"), back]
        other = replace(waits, payment_id="e" * 32)
        book.add_payment(other)
        assert book.confirm_payment(other, "bob") is True
        assert book.decline_payment(other, replace(back, payment_id="f" * 32), []) is False
        assert book.payment(name, "f" * 32) is None

    def test_a_day_is_written_in_the_order_of_its_versions(self, book, name):
        meter = DayMeter(
            partner_id=name,
            day="2026-11-21",
            owed_micros=-3,
            redriven_micros=4,
            marks={"s": "0" * 40},
            read_at_ms=5,
            version=1,
        )
        assert book.put_day(replace(meter, version=2)) is False
        assert book.put_day(meter) is True
        assert book.put_day(meter) is False
        later = replace(meter, version=2, owed_micros=9)
        assert book.put_day(later) is True
        other = replace(meter, day="2026-11-22")
        book.put_day(other)
        assert book.days(name, "2026-11-21") == {"2026-11-21": later, "2026-11-22": other}
        assert book.days(name, "2026-11-22") == {"2026-11-22": other}

    def test_what_is_sealed_is_written_in_the_order_of_its_versions(self, book, name):
        assert book.sealed(name) is None
        first = Sealed(partner_id=name, before="2026-11-01", owed_micros=10**13, version=1)
        late = {"2026-10-01": ByHand(2, -(10**13))}
        second = Sealed(partner_id=name, before="2026-11-02", owed_micros=-1, by_hand=late, version=2)
        assert book.seal(second) is False
        assert book.seal(first) is True
        assert book.seal(first) is False
        assert book.seal(second) is True
        assert book.seal(second) is False
        assert book.sealed(name) == second
        assert second.total_micros == -(10**13) - 1

    def test_the_latest_standing_is_read_with_the_contract(self, book, contracts, name):
        assert contracts.contract(name).standing is None
        found = FundingStanding(as_of_ms=5, stopped=True, exposure_cents=-7, limit_cents=None, used_cents=0)
        assert book.put_standing(name, found) is True
        assert book.put_standing(name, replace(found, as_of_ms=4, stopped=False)) is False
        assert contracts.contract(name).standing == found
        later = replace(found, as_of_ms=6, limit_cents=10)
        assert book.put_standing(name, later) is True
        assert contracts.contract(name).standing == later
