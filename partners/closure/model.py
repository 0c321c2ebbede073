"""What stands between a partner and its closing. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from partners.settlement.model import CurrencySettlement
from partners.settlement.payments.consequences import carries
from partners.settlement.payments.legs import UNDECIDED
from partners.settlement.payments.model import ENDED, PaidSettlement
from shared.kernel.money import MICROS_PER_CENT


class What(StrEnum):
    """`exposure`: what was granted, honoured and paid do not balance. `window`: it has amounts and no settlement yet.
    `settlement`: it is not ended. `payment`: what became of it is not known, or is disputed. `carried`: left over from
    a settlement, and not in a window yet. `month`: it is not invoiced, or not as it stands now. `invoice`: not
    paid, as far as is known. `billing`: it goes on through Stripe. `deposit`: the network holds it of what was paid in.
    `collateral`: the network holds it in case that it does not pay. `case`: it has not ended.
    """

    EXPOSURE = "exposure"
    WINDOW = "window"
    SETTLEMENT = "settlement"
    PAYMENT = "payment"
    CARRIED = "carried"
    MONTH = "month"
    INVOICE = "invoice"
    BILLING = "billing"
    DEPOSIT = "deposit"
    COLLATERAL = "collateral"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Outstanding:
    """One thing that is open, named by `reference`. Of an amount, positive is what the partner owes, negative what it
    is owed; None is not known, or none."""

    what: What
    reference: str
    amount_cents: int | None = None


def of_window(number: int, currencies: Iterable[CurrencySettlement], partner_id: str) -> list[Outstanding]:
    """What a window without a settlement holds of a partner; what is less than a cent, too, while it may grow."""
    found = [position for one in currencies for position in one.positions if position.party == partner_id]
    return [
        Outstanding(What.WINDOW, str(number), -round(position.net_micros / MICROS_PER_CENT))
        for position in found
        if position.net_micros
    ]


def of_settlement(one: PaidSettlement, partner_id: str) -> list[Outstanding]:
    """What of a settlement is open between a partner and the network."""
    net_cents = dict(one.net_cents).get(partner_id, 0)
    if (net_cents or partner_id in one.dues.cuts) and one.stage not in ENDED:
        return [Outstanding(What.SETTLEMENT, one.settlement_id, -net_cents)]
    unclear = {trouble.leg for trouble in one.troubles}
    legs = [leg for leg in one.legs if leg.party == partner_id]
    payments = [
        Outstanding(What.PAYMENT, leg.key, leg.amount_cents if leg.is_inwards else -leg.amount_cents)
        for leg in legs
        if leg.state in UNDECIDED or leg.key in unclear
    ]
    left = [other for other in carries(one) if other.party == partner_id and other.reference not in one.carried]
    return payments + [Outstanding(What.CARRIED, other.reference, -other.amount_cents) for other in left]
