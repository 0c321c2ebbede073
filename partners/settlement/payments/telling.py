"""What follows from what the bank says of payments, or an operator who asked it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from partners.settlement.payments import changes
from partners.settlement.payments.bookings import booked, is_known
from partners.settlement.payments.contradicted import contradicted
from partners.settlement.payments.evidence import BACK_BY_ONE, PUT_BACK_BY_ONE, check_day, check_evidence
from partners.settlement.payments.legs import Booked, Direction, Leg, LegState, LegStep
from partners.settlement.payments.model import BEFORE_PAYOUT, PaidSettlement
from partners.settlement.payments.vouching import confirmed

News = Callable[[PaidSettlement, PaidSettlement, str], str]
"""In words, what of a leg's new state a person must look at: of a settlement as it was and is, and the leg's key."""


@dataclass(frozen=True, slots=True)
class BankWord:
    """What the bank says of a leg, named by its key or its end-to-end id: by a booking, if its statement says so. What
    is `kept` is noted as a trouble where it contradicts what is recorded, and not refused; a booking always is.
    """

    leg: str
    state: LegState
    reference: str = ""
    booking: Booked | None = None
    kept: bool = False


def all_told(one: PaidSettlement, words: Sequence[BankWord], by: str, at_ms: int, news: News) -> PaidSettlement:
    """All of it taken over, one after the other. See `SettlementPayments.tell` for what it raises."""
    for word, key in zip(words, one.keys_of(word.leg for word in words), strict=True):
        one = _told(one, word, key, LegStep(word.state, at_ms, by, word.reference), news)
    return one


def _told(one: PaidSettlement, word: BankWord, key: str, step: LegStep, news: News) -> PaidSettlement:
    leg = one.leg(key)
    if word.kept and word.booking is None and (noted := contradicted(one, leg, step)) is not None:
        return noted
    check_evidence(leg, word.state, word.reference)
    if word.booking is not None and not is_known(leg.bookings, word.booking):
        check_day(leg, word.booking, step.at_ms)
    if _takes_two(one, leg, step):
        noted = changes.with_leg(one, leg, replace(leg, put_back=leg.put_back or step))
        return changes.also_troubled(noted, key, PUT_BACK_BY_ONE)
    if word.booking is None:
        moved = changes.told(one, key, step)
        known = moved if moved == one else changes.troubled(moved, key, news(one, moved, key))
        return _seen_by_two(confirmed(known, leg, word.state, step.by), key)
    moved, trouble = booked(one, key, word.booking, step)
    came_to = news(one, moved, key) if moved.leg(key).history != leg.history else ""
    for text in (trouble, came_to):
        moved = changes.also_troubled(moved, key, text)
    return moved if trouble else _seen_by_two(confirmed(moved, leg, word.state, step.by), key)


def _takes_two(one: PaidSettlement, leg: Leg, step: LegStep) -> bool:
    """Whether what was taken from a deposit is to be put back, though creditors are paid, and nobody else has said so.

    It can be given back to the partner then, which owes it besides.
    """
    puts_back = leg.direction is Direction.DEPOSIT and (leg.state, step.state) == (
        LegState.SUCCEEDED,
        LegState.REVERSED,
    )
    return puts_back and one.stage not in BEFORE_PAYOUT and (leg.put_back is None or leg.put_back.by == step.by)


def _seen_by_two(one: PaidSettlement, key: str) -> PaidSettlement:
    """Without the trouble that money came back by the word of one, if another has said so too."""
    leg = one.leg(key)
    return changes.seen(one, leg.payee, BACK_BY_ONE) if one.troubles and leg.of_two else one
