"""What the bank says and contradicts what is recorded: refused, or kept with the payment for all to see, once."""

import pytest

from partners.settlement.payments.bookings import AND_MORE, MOST_LISTED
from partners.settlement.payments.codec import settlement_from_bytes, settlement_to_bytes
from partners.settlement.payments.contradicted import CONTRADICTS
from partners.settlement.payments.errors import LegStateError
from partners.settlement.payments.legs import Booked, LegState
from partners.settlement.payments.telling import BankWord
from tests.unit.partners.settlement.test_funds import Paying

IN, OTHER = "1-USD:alpha:in:1", "1-USD:beta:in:1"


@pytest.fixture
def paying():
    found = Paying()
    found.submit(found.windows.close(alpha=-900, beta=-500, gamma=1400))
    return found


@pytest.fixture
def tell(paying):
    def told(*said, by="ann"):
        words = [BankWord(leg, LegState(state), reference, kept=True) for leg, state, reference in said]
        return paying.payments.tell(1, "USD", words, by)

    return told


def texts(one):
    return [(trouble.leg, trouble.text) for trouble in one.troubles]


def test_a_contradiction_is_refused_with_all_else_unless_it_is_to_be_kept(paying, tell):
    tell((IN, "succeeded", "B-1"))
    words = [BankWord(OTHER, LegState.SUCCEEDED, "B-2"), BankWord(IN, LegState.FAILED, "B-3")]
    with pytest.raises(LegStateError):
        paying.payments.tell(1, "USD", words, "ann")
    one = tell((OTHER, "succeeded", "B-2"), (IN, "failed", "B-3"))
    assert {one.leg(leg).state for leg in (IN, OTHER)} == {LegState.SUCCEEDED}
    assert texts(one) == [(IN, f"{CONTRADICTS}: failed B-3")]
    assert paying.payments.troubles() == 1
    assert settlement_from_bytes(settlement_to_bytes(one)) == one


def test_what_is_kept_is_kept_once_also_when_a_person_has_seen_to_it(paying, tell):
    tell((IN, "succeeded", "B-1"), (IN, "failed", "B-3"))
    again = tell((IN, "failed", "B-3"), by="bob")
    assert len(again.troubles) == 1
    assert paying.payments.see(1, "USD", "alpha", again.troubles[0].text).troubles == ()
    assert tell((IN, "failed", "B-3"), by="bob").troubles == ()
    assert texts(tell((IN, "failed", "B-4"))) == [(IN, f"{CONTRADICTS}: failed B-3, failed B-4")]


@pytest.mark.parametrize(
    "said", [("pending", ""), ("failed", "B-1"), ("succeeded", "B-2"), ("returned", "B-3"), ("reversed", "B-3")]
)
def test_an_earlier_file_that_is_read_again_contradicts_nothing(tell, said):
    one = tell((IN, "pending", ""), (IN, "failed", "B-1"), (IN, "succeeded", "B-2"), (IN, "returned", "B-3"))
    assert tell((IN, *said)) == one
    assert one.troubles == ()


def test_many_contradictions_fit_into_a_decision_that_they_are_seen(paying, tell):
    tell((IN, "succeeded", "B-1"))
    one = tell(*((IN, "failed", f"{'x' * 77}{number:03}") for number in range(MOST_LISTED + 1)))
    [(_, text)] = texts(one)
    assert text.endswith(AND_MORE)
    assert len(text) <= 1_000
    assert paying.payments.see(1, "USD", "alpha", text).troubles == ()


def test_a_booking_says_itself_what_can_not_be_and_another_attempt_has_no_contradictions_of_the_first(paying, tell):
    tell((IN, "failed", "B-1"), (IN, "returned", "B-2"))
    booking = BankWord(OTHER, LegState.FAILED, "B-3", Booked(False, "B-3"), kept=True)
    one = paying.payments.tell(1, "USD", [booking], "ann")
    assert (one.leg(OTHER).state, one.leg(OTHER).contradicted) == (LegState.FAILED, ())
    again = paying.payments.try_again(1, "USD", "alpha", "ann").newest_leg("alpha", one.leg(IN).direction)
    assert (again.attempt, again.contradicted) == (2, ())
