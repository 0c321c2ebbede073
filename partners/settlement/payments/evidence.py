"""What may be said of a payment, by what evidence, and what of it a person must look at. Pure."""

from partners.settlement.payments.errors import BankDayToComeError, EvidenceNeededError, PaidThroughStripeError
from partners.settlement.payments.legs import CAME_TO_NOTHING, Booked, Direction, Leg, LegState
from shared.kernel.clock import DAY_MS, utc_day

UNSURE = frozenset({LegState.PENDING, LegState.FAILED})
"""What nobody but Stripe can say of its payments."""

LATE = {
    Direction.IN: "it had failed and was paid late: in the open window it is owed to who paid it",
    Direction.OUT: "it had failed and was paid late: in the open window it is owed by who got it",
}
BACK_BY_ONE = "it came back by the word of one: the member has the cashback again when another operator records it too"
PUT_BACK_BY_ONE = "by the word of one it goes back into the deposit: it does when another operator records it too"
PAID_TWICE = "it was paid, and its cashback is the member's again: record `returned` when the member has paid it back"


def check_evidence(leg: Leg, state: LegState, reference: str) -> None:
    """What the bank or an operator may say of a leg. Raises PaidThroughStripeError, EvidenceNeededError."""
    if leg.means.through_stripe and state in UNSURE:
        raise PaidThroughStripeError(leg.key)
    if leg.means.through_stripe and not reference:
        raise EvidenceNeededError(leg.key, "It goes through Stripe, whose answer moves it by itself.")
    if leg.payout and state in CAME_TO_NOTHING and not reference:
        raise EvidenceNeededError(leg.key, "The member gets the cashback back for this.")


def check_day(leg: Leg, booking: Booked, at_ms: int) -> None:
    """Where the bank is, it may be tomorrow already; no later. Raises BankDayToComeError."""
    if booking.on > utc_day(at_ms + DAY_MS):
        raise BankDayToComeError(leg.key, booking.on)
