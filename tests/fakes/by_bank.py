"""A network in which all is paid by the bank."""

from partners.contracts.model import Partner
from partners.contracts.payment import PaymentMethod
from partners.settlement.payments.legs import BY_BANK, Direction, Means
from partners.settlement.statements.model import Way


class AllByBank:
    def means(self, party: str, direction: Direction) -> Means:
        del party, direction
        return BY_BANK

    def way(self, partner: Partner) -> Way:
        del partner
        return Way(PaymentMethod.BANK_FILE)
